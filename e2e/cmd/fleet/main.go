// Command fleet puts a system that runs under load, replaces, kills or stops
// parts of it, and says what that has cost. It ends with status 1 if anything
// was lost that must not be.
//
//	fleet [flags] replace | kill | outage
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"stockroom/e2e/fleet"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "\nfleet: %v\n", err)
		os.Exit(1)
	}
	fmt.Println("\nnothing was lost")
}

func run(ctx context.Context) error {
	cfg := fleet.Config{
		URL: os.Getenv("STOCKROOM_URL"), Username: os.Getenv("STOCKROOM_ADMIN_USERNAME"), Password: os.Getenv("STOCKROOM_ADMIN_PASSWORD"),
	}
	on := flag.String("on", "compose", "what runs the system: compose or kubernetes")
	namespace := flag.String("namespace", "stockroom", "of Kubernetes")
	label := flag.String("label", "app.kubernetes.io/name", "the label of pods that names their service")
	rounds := flag.Int("rounds", 10, "how often everything is replaced")
	away := flag.Duration("away", 10*time.Second, "how long a dependency is away")
	within := flag.Duration("within", 40*time.Minute, "how long all of it may take")
	flag.IntVar(&cfg.Readers, "readers", 16, "connections that read")
	flag.IntVar(&cfg.Writers, "writers", 4, "connections that write")
	flag.Float64Var(&cfg.ReadRate, "read-rate", 250, "reads per second")
	flag.Float64Var(&cfg.WriteRate, "write-rate", 15, "writes per second")
	flag.Float64Var(&cfg.PeopleRate, "people-rate", 0.2, "registrations per second")
	reads := flag.Int("reads", 100_000, "reads that replace needs, at least")
	writes := flag.Int("writes", 5_000, "writes that replace needs, at least")
	flag.Parse()
	ctx, cancel := context.WithTimeout(ctx, *within)
	defer cancel()

	if flag.Arg(0) == "replace" {
		cfg.MinReads, cfg.MinWrites = *reads, *writes
	}
	programme, err := programmeNamed(flag.Arg(0), *rounds, *away)
	if err != nil {
		return err
	}
	driver, err := driverNamed(ctx, *on, fleet.Kubernetes{Namespace: *namespace, Label: *label})
	if err != nil {
		return err
	}
	return fleet.Run(ctx, cfg, programme, driver, os.Stdout)
}

func programmeNamed(name string, rounds int, away time.Duration) (fleet.Programme, error) {
	switch name {
	case "replace":
		return fleet.Replace(rounds, "auth", "catalog", "users"), nil
	case "kill":
		return fleet.Kill("auth", "catalog", "users", "gateway"), nil
	case "outage":
		return fleet.Outage(away, "postgres", "redis", "nats"), nil
	}
	return nil, fmt.Errorf("no programme is named %q: it is replace, kill or outage", name)
}

func driverNamed(ctx context.Context, name string, k fleet.Kubernetes) (fleet.Driver, error) {
	switch name {
	case "compose":
		return fleet.NewCompose(ctx)
	case "kubernetes":
		return k, nil
	}
	return nil, fmt.Errorf("%q runs nothing: it is compose or kubernetes", name)
}
