package standalone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"stockroom/pkg/run"
	"stockroom/standalone/operator"
)

// runningFile says where the internal doors of the system are that runs on the
// data beside it. Only its owner can read it.
const runningFile = "running.json"

type running struct {
	Auth  string `json:"auth"`
	Users string `json:"users"`
}

// Operate calls do with a client of the system that runs on the data below
// cfg.Dir. If none does, one runs until do returns, with doors that only this
// machine can reach, and makes no administrator by itself.
func Operate(ctx context.Context, cfg Config, log *slog.Logger, do func(context.Context, *operator.Client) error) error {
	cfg.Addr, cfg.Admin, cfg.NoAdmin = loopback, Admin{}, true
	s, err := New(ctx, cfg, log)
	if errors.Is(err, ErrInUse) {
		doors, err := findRunning(ctx, cfg.Dir)
		if err != nil {
			return err
		}
		return do(ctx, operator.New(doors))
	}
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() {
		defer stop()
		done <- s.Run(ctx)
	}()
	err = do(ctx, operator.New(s.operatorDoors()))
	if n, countErr := s.admins(ctx); countErr == nil && n > 0 {
		err = errors.Join(err, s.AdminShown()) // no start has to make one any more
	}
	stop()
	return errors.Join(err, <-done)
}

func (s *Stockroom) operatorDoors() operator.Doors {
	return operator.Doors{Auth: s.authURL, Users: s.usersURL, Token: s.secrets.InternalToken}
}

// appear leaves word of where s can be reached.
func (s *Stockroom) appear() error {
	text, err := json.Marshal(running{Auth: s.authURL, Users: s.usersURL})
	if err == nil {
		err = writeFile(filepath.Join(s.dir, runningFile), text)
	}
	if err != nil {
		return fmt.Errorf("say where the doors are: %w", err)
	}
	return nil
}

// vanish takes that word back: of the last one, too, if that was killed. The
// caller has the lock.
func vanish(dir string) error {
	err := os.Remove(filepath.Join(dir, runningFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

var errHidden = errors.New("another process uses the data, but does not say where it can be reached")

// findRunning returns the doors of the system that runs. It waits a moment for
// one that is only just starting.
func findRunning(ctx context.Context, dir string) (operator.Doors, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		var r running
		text, err := os.ReadFile(filepath.Join(dir, runningFile))
		if err == nil {
			err = json.Unmarshal(text, &r)
		}
		if err == nil {
			s, err := readSecrets(filepath.Join(dir, secretsFile))
			if err != nil {
				return operator.Doors{}, err
			}
			return operator.Doors{Auth: r.Auth, Users: r.Users, Token: s.InternalToken}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return operator.Doors{}, err
		}
		if !run.Pause(ctx, 50*time.Millisecond) {
			return operator.Doors{}, errHidden
		}
	}
}
