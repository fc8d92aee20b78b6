package program

import (
	"fmt"
	"time"

	"github.com/prometheus/procfs"
)

// Usage is what a program has used since it started.
type Usage struct {
	CPU    time.Duration // user and system, of all its processes
	Memory int           // bytes that are resident now
}

// Usage returns what the program and the processes that it started have used.
func (p *Program) Usage() (Usage, error) {
	all, err := processes()
	if err != nil {
		return Usage{}, fmt.Errorf("look at %s: %w", p.name, err)
	}
	var sum Usage
	own := map[int]bool{p.cmd.Process.Pid: true}
	for grown := true; grown; { // parents may have higher numbers than their children
		grown = false
		for pid, stat := range all {
			if !own[pid] && own[stat.PPID] {
				own[pid], grown = true, true
			}
		}
	}
	for pid := range own {
		stat, ok := all[pid]
		if !ok {
			return Usage{}, fmt.Errorf("look at %s: %w", p.name, errEnded)
		}
		sum.CPU += time.Duration(stat.CPUTime() * float64(time.Second))
		sum.Memory += stat.ResidentMemory()
	}
	return sum, nil
}

func processes() (map[int]procfs.ProcStat, error) {
	procs, err := procfs.AllProcs()
	if err != nil {
		return nil, err
	}
	all := make(map[int]procfs.ProcStat, len(procs))
	for _, proc := range procs {
		if stat, err := proc.Stat(); err == nil { // others come and go
			all[proc.PID] = stat
		}
	}
	return all, nil
}
