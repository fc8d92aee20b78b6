package servers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// A command is a server program on this machine; dir is the folder of its data,
// which is removed when it ends, or with us if it is to run again. quit is the
// signal that ends it at once.
type command struct {
	url   string
	dir   string
	quit  string
	args  []string
	again bool
}

// supervise runs its arguments until its standard input ends, which it does
// when the process at the other end of the pipe is gone, for whatever reason.
const supervise = `
dir=$1; quit=$2; shift 2
exec 3<&0
"$@" 3<&- &
server=$!
echo "$server"
exec 2>/dev/null # nobody may be left to read it
{ read -r _ <&3; kill -"$quit" "$server"; kill -CONT "$server"; } &
watcher=$!
wait "$server"
kill "$watcher"
rm -rf "$dir"
`

// superviseAgain does the same, but starts the program once more for every line
// on its standard input. It does not mind when the program ends.
const superviseAgain = `
dir=$1; quit=$2; shift 2
exec 3<&0
"$@" 3<&- &
server=$!
echo "$server"
while read -r _ <&3; do
	wait "$server"
	"$@" 3<&- &
	server=$!
done
exec 2>/dev/null
kill -"$quit" "$server"
wait "$server"
rm -rf "$dir"
`

func startProcess(c command) (*Server, error) {
	script := supervise
	if c.again {
		script = superviseAgain
	}
	cmd := exec.Command("sh", append([]string{"-c", script, "sh", c.dir, c.quit}, c.args...)...) //nolint:noctx // it outlives the call
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal is not for it: it has to clean up
	if err := dropPrivileges(cmd); err != nil {
		return nil, err
	}
	var log tail
	cmd.Stderr = &log
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.args[0], err)
	}
	lines := bufio.NewReader(output)
	first, err := lines.ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w: %s", c.args[0], err, log.String()), input.Close(), cmd.Wait())
	}
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", c.args[0], err), input.Close(), cmd.Wait())
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(&log, lines) //nolint:errcheck // the log of a server that is gone
		cmd.Wait()           //nolint:errcheck // how a test server ended is of no interest
	}()
	return &Server{
		URL:  c.url,
		done: done,
		again: func() error {
			_, err := input.Write([]byte("\n"))
			return err
		},
		log:    log.String,
		freeze: func() error { return syscall.Kill(pid, syscall.SIGSTOP) },
		thaw:   func() error { return syscall.Kill(pid, syscall.SIGCONT) },
		stop: func() error {
			err := input.Close()
			<-done
			if errors.Is(err, os.ErrClosed) {
				err = nil // it ended before
			}
			return err
		},
	}, nil
}

// dropPrivileges makes cmd run as an ordinary user: PostgreSQL refuses root.
func dropPrivileges(cmd *exec.Cmd) error {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return fmt.Errorf("look up user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return fmt.Errorf("look up user %s: %w", name, err)
		}
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return os.Chown(cmd.Dir, int(uid), int(gid))
	}
	return errors.New("no user `postgres` or `nobody` to run as")
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	data []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p...)
	if extra := len(t.data) - 8<<10; extra > 0 {
		t.data = append(t.data[:0], t.data[extra:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.data)
}
