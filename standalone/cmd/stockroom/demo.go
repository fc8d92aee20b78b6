package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"stockroom/services/catalog/catalogd"
	"stockroom/services/catalog/demo"
	"stockroom/standalone"
)

// loadDemo adds demo products. It writes into the file of the catalog as the
// catalog itself does, with a row in the commit log for each commit: a system
// that runs on the same data learns of them as of its own.
func loadDemo(ctx context.Context, env map[string]string, args []string) (err error) {
	flags := newFlags("demo")
	n := flags.Int("n", 1000, "how many products there shall be")
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() > 0 || *n < 1 || *n > demo.MaxProducts {
		return errUsage
	}
	dir, err := filepath.Abs(dataDir(env))
	if err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	if err := standalone.Settled(dir); err != nil {
		return err
	}
	service, closeStore, err := catalogd.OpenService(ctx, standalone.DatabaseURL(dir, "catalog"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()

	bar := newBar("Products", *n)
	added, err := demo.Load(ctx, service, *n, func(done int) { _ = bar.Set(done) })
	if err != nil {
		return err
	}
	fmt.Printf("%d demo products added, %d were there already.\n", added, *n-added)
	return nil
}
