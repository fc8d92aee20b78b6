// Command bench measures the gateway beside other proxies, in turn, in front of
// the same backend: what a request costs each of them.
//
//	go run stockroom/bench                    the table
//	go run stockroom/bench -requests 10000000 the memory of the gateway while it answers them
//	go run stockroom/bench -profile cpu      where the time of the gateway goes
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// settings are what the command line says.
type settings struct {
	only        string
	built       string
	rounds      int
	each        time.Duration
	connections int
	rate        int
	requests    int64
	profile     string
}

func main() {
	var s settings
	flag.StringVar(&s.only, "only", "", "compare the gateway with these only, separated by commas: nginx,bare")
	flag.StringVar(&s.built, "built", ".bin/bench", "where bench/deps has put what it built")
	flag.IntVar(&s.rounds, "rounds", 5, "how often each proxy has its turn")
	flag.DurationVar(&s.each, "for", 4*time.Second, "how long each measurement takes")
	flag.IntVar(&s.connections, "connections", 32, "keep-alive connections of the client")
	flag.IntVar(&s.rate, "rate", 2000, "requests per second of the measurement at a fixed rate")
	flag.Int64Var(&s.requests, "requests", 0, "send the gateway that many requests and show its memory, instead")
	flag.StringVar(&s.profile, "profile", "", "write CPU profiles of the gateway to files that begin like this, and show them, instead")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// connections is how many the proxies keep to their backend.
const connections = 256

func (s settings) check() error {
	if s.rounds < 1 || s.each <= 0 || s.rate < 1 || s.connections < 1 || s.connections > connections {
		return fmt.Errorf("-rounds, -for and -rate must be positive, and -connections between 1 and %d", connections)
	}
	return nil
}

func run(ctx context.Context, s settings) error {
	if err := s.check(); err != nil {
		return err
	}
	field, err := open(ctx, s.built)
	if err != nil {
		return err
	}
	defer field.close()
	switch {
	case s.requests > 0:
		return field.endure(ctx, s)
	case s.profile != "":
		return field.examine(ctx, s)
	}
	return field.compare(ctx, s)
}
