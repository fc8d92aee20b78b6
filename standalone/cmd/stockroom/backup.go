package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"stockroom/pkg/run"
	"stockroom/standalone"
)

// backUp writes a backup into the file that args name.
func backUp(ctx context.Context, env map[string]string, args []string) error {
	flags := newFlags("backup")
	file, err := fileOf(flags, args)
	if err != nil {
		return err
	}
	m, err := standalone.Backup(ctx, dataDir(env), file, run.ThisVersion().String())
	if err != nil {
		return err
	}
	fmt.Printf("%s has everything up to %s. It holds every secret: keep it where only you can read it.\n", file, m.Begun.Format(time.RFC3339))
	return nil
}

// restore puts the backup that args name in place.
func restore(ctx context.Context, env map[string]string, args []string) error {
	flags := newFlags("restore")
	replace := flags.Bool("replace", false, "also where there is data")
	file, err := fileOf(flags, args)
	if err != nil {
		return err
	}
	r, err := standalone.Restore(ctx, dataDir(env), file, *replace)
	if errors.Is(err, standalone.ErrDataThere) {
		return fmt.Errorf("%w; with --replace it is moved aside", err)
	}
	if err != nil {
		return err
	}
	fmt.Printf("Restored to %s, from a backup that version %s made.\n", r.Begun.Format(time.RFC3339), r.Version)
	if r.Replaced != "" {
		fmt.Printf("The data of before is in %s.\n", r.Replaced)
	}
	return nil
}

// fileOf returns the one argument after the flags.
func fileOf(flags *flag.FlagSet, args []string) (string, error) {
	if err := parse(flags, args); err != nil {
		return "", err
	}
	if flags.NArg() != 1 {
		return "", errUsage
	}
	return flags.Arg(0), nil
}
