// Package program runs the programs that are compared, and looks at what they use.
package program

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	patience = 20 * time.Second // for a program to listen
	grace    = 5 * time.Second  // for one to end
)

// Program is one that runs, with the processes that it started.
type Program struct {
	name string
	cmd  *exec.Cmd
	logs []string
	done chan struct{} // closed when it has ended
}

// Command says how to start a program.
type Command struct {
	Name    string
	Version string
	Args    []string // the first is the file
	Env     []string // all of it, besides PATH and HOME
	Addr    string   // where it listens, once it works
	Dir     string   // for what it writes
	Logs    []string // files in Dir that it writes by itself, beside its output
}

// Start starts a program, which ends with ctx at the latest, and waits until it
// listens.
func Start(ctx context.Context, c Command) (*Program, error) {
	p := &Program{name: c.Name, logs: []string{filepath.Join(c.Dir, c.Name+".log")}, done: make(chan struct{})}
	out, err := os.OpenFile(p.logs[0], os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log of %s: %w", c.Name, err)
	}
	defer out.Close() //nolint:errcheck // the program has its own
	for _, name := range c.Logs {
		p.logs = append(p.logs, filepath.Join(c.Dir, name))
	}

	p.cmd = exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = c.Dir, out, out
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, c.Env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = grace
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Name, err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // that it ended is all that matters
	}()
	if err := p.await(ctx, c.Addr); err != nil {
		p.Stop()
		return nil, fmt.Errorf("start %s: %w: %s", c.Name, err, p.last())
	}
	return p, nil
}

var errEnded = errors.New("it has ended")

func (p *Program) await(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-p.done:
			return errEnded
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// last returns what the program wrote last.
func (p *Program) last() []byte {
	const most = 2000
	text, _ := os.ReadFile(p.logs[0]) // none tells as little
	return text[max(0, len(text)-most):]
}

// Stop tells the program to end, and waits until it has.
func (p *Program) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails only if it has ended
	select {
	case <-p.done:
	case <-time.After(grace):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// Forget empties what the program has written. All write at the end of their
// logs, so that they may go on.
func (p *Program) Forget() error {
	for _, file := range p.logs {
		if err := os.Truncate(file, 0); err != nil {
			return fmt.Errorf("empty log of %s: %w", p.name, err)
		}
	}
	return nil
}
