package stack

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Process is one program of ours. It may be stopped and started again, with
// the same environment.
type Process struct {
	name, bin string
	env       []string
	log       string // the file that it writes to
	cmd       *exec.Cmd
	done      chan struct{} // closed when it has ended
	exit      error         // how it has
}

// startProcess starts bin, which stops with tb. If tb fails, it shows what the
// program wrote last.
func startProcess(tb testing.TB, name, bin string, env map[string]string) *Process {
	tb.Helper()
	return startWith(tb, name, bin, environment(tb, env))
}

func startWith(tb testing.TB, name, bin string, env []string) *Process {
	tb.Helper()

	p := &Process{name: name, bin: bin, env: env, log: filepath.Join(tb.TempDir(), name+".log")}
	tb.Cleanup(func() {
		p.Kill()
		if tb.Failed() {
			tb.Logf("%s wrote last:\n%s", name, p.tail(tb))
		}
	})
	p.Start(tb)
	return p
}

// Start starts the program, which must not be running.
func (p *Process) Start(tb testing.TB) {
	tb.Helper()

	require.Nil(tb, p.cmd, "%s runs already", p.name)
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(tb, err)
	defer out.Close() //nolint:errcheck // the program has its own

	cmd := exec.Command(p.bin) //nolint:noctx // it outlives the context of a test that is being cleaned up
	cmd.Env, cmd.Stdout, cmd.Stderr = p.env, out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(tb, cmd.Start())
	p.cmd, p.done = cmd, make(chan struct{})
	go func() {
		defer close(p.done)
		p.exit = cmd.Wait()
	}()
}

// Stop asks the program to end and waits until it has, without a fault.
func (p *Process) Stop(tb testing.TB) {
	tb.Helper()

	require.NoError(tb, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.done:
		p.cmd = nil
		require.NoError(tb, p.exit, "%s ends with an error", p.name)
	case <-time.After(patience):
		require.FailNow(tb, "does not stop", p.name)
	}
}

// Kill ends the program as a crash would. It may have ended already.
func (p *Process) Kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill() // fails only if it has ended
	<-p.done
	p.cmd = nil
}

// Ended is closed when the program has ended, for whatever reason, since it was
// last started.
func (p *Process) Ended() <-chan struct{} { return p.done }

// Signal sends sig to the program.
func (p *Process) Signal(tb testing.TB, sig os.Signal) {
	tb.Helper()

	require.NoError(tb, p.cmd.Process.Signal(sig))
}

// Log returns all that the program has written.
func (p *Process) Log(tb testing.TB) string {
	tb.Helper()

	text, err := os.ReadFile(p.log)
	require.NoError(tb, err)
	return string(text)
}

func (p *Process) tail(tb testing.TB) string {
	tb.Helper()

	const most = 4000
	text := p.Log(tb)
	return text[max(0, len(text)-most):]
}

// PID returns the number of the process, which must be running.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// CPU returns the processor time that the program has used since it started.
func (p *Process) CPU(tb testing.TB) time.Duration {
	tb.Helper()

	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	require.NoError(tb, err)
	_, rest, _ := strings.Cut(string(stat), ") ") // the name may contain blanks
	fields := strings.Fields(rest)
	const utime, stime = 11, 12       // counted from the state, the first field after the name
	const perTick = time.Second / 100 // USER_HZ, which Linux fixes for what it shows
	user, err := strconv.Atoi(fields[utime])
	require.NoError(tb, err)
	system, err := strconv.Atoi(fields[stime])
	require.NoError(tb, err)
	return time.Duration(user+system) * perTick
}
