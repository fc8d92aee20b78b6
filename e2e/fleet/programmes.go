package fleet

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// Programme does things to a system under load, and takes note of what must not
// have happened.
type Programme func(ctx context.Context, x *exercise) error

// exercise is one run of a programme.
type exercise struct {
	driver     Driver
	client     *client
	out        io.Writer
	violations []string
}

func (x *exercise) say(format string, args ...any) {
	say(x.out, "%s %s\n", time.Now().Format("15:04:05.000"), fmt.Sprintf(format, args...))
}

func (x *exercise) violated(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	x.say("VIOLATION: %s", text)
	x.violations = append(x.violations, text)
}

// Replace returns a programme that replaces every instance of the services in
// turn, so many rounds, and then of the gateway once. No request may fail.
func Replace(rounds int, services ...string) Programme {
	return func(ctx context.Context, x *exercise) error {
		begin := time.Now()
		turns := make([]string, 0, rounds*len(services)+1)
		for range rounds {
			turns = append(turns, services...)
		}
		for i, service := range append(turns, "gateway") {
			before := time.Now()
			if err := x.driver.Replace(ctx, service); err != nil {
				return fmt.Errorf("replace %s: %w", service, err)
			}
			x.say("%d of %d: replaced %s in %v, %d failed", i+1, len(turns)+1, service,
				time.Since(before).Round(100*time.Millisecond), len(x.client.tally.after(before)))
		}
		if err := pause(ctx, aftermath); err != nil {
			return err
		}
		if failed := x.client.tally.after(begin); len(failed) > 0 {
			x.violated("%d requests failed while instances were replaced", len(failed))
		}
		return nil
	}
}

// aftermath is how long a step is watched after it was taken.
const aftermath = 5 * time.Second

// reach is the services whose requests may be under way on another one.
var reach = map[string][]string{
	"auth":    {"auth", "users"}, // passwords are changed at auth
	"users":   {"users", "auth"}, // accounts are looked up at users
	"catalog": {"catalog"},
	"gateway": {"auth", "users", "catalog"},
}

// Kill returns a programme that kills one instance of each service. No more
// requests may fail than were under way on the service.
func Kill(services ...string) Programme {
	return func(ctx context.Context, x *exercise) error {
		for _, service := range services {
			begin, most := time.Now(), x.client.tally.watch()
			if err := x.driver.Kill(ctx, service); err != nil {
				return fmt.Errorf("kill %s: %w", service, err)
			}
			flying := 0
			for _, other := range reach[service] {
				flying += most(other)
			}
			if err := pause(ctx, aftermath); err != nil {
				return err
			}
			failed := len(x.client.tally.after(begin))
			x.say("killed one of %s: at most %d requests were under way there, %d failed", service, flying, failed)
			if failed > flying {
				x.violated("%d requests failed when one of %s was killed, but only %d were under way", failed, service, flying)
			}
			begin = time.Now()
			if err := x.driver.Settle(ctx); err != nil {
				return fmt.Errorf("settle after %s: %w", service, err)
			}
			if failed := len(x.client.tally.after(begin)); failed > 0 {
				x.violated("%d requests failed while an instance of %s was put back", failed, service)
			}
		}
		return nil
	}
}

// recovery is how soon after a dependency is back everything has to work again.
const recovery = 5 * time.Second

// Outage returns a programme that stops each dependency for so long.
func Outage(away time.Duration, dependencies ...string) Programme {
	return func(ctx context.Context, x *exercise) error {
		before, err := x.driver.Instances(ctx)
		if err != nil {
			return err
		}
		for _, dependency := range dependencies {
			if err := x.outage(ctx, dependency, away); err != nil {
				return err
			}
		}
		after, err := x.driver.Instances(ctx)
		if err != nil {
			return err
		}
		if before != after {
			x.violated("instances were not left alone:\n%s\nbecame\n%s", before, after)
		}
		return nil
	}
}

// excused reports whether a request may fail while dependency is away. Without
// the database nothing can be written, or read that no cache holds; the others
// are there to make things faster.
func excused(dependency string, f failure) bool {
	return dependency == "postgres" && f.op != readStill && f.kind != kindOld
}

func (x *exercise) outage(ctx context.Context, dependency string, away time.Duration) error {
	begin := time.Now()
	if err := x.driver.Stop(ctx, dependency); err != nil {
		return fmt.Errorf("stop %s: %w", dependency, err)
	}
	if err := pause(ctx, away); err != nil {
		return err
	}
	if err := x.driver.Start(ctx, dependency); err != nil {
		return fmt.Errorf("start %s: %w", dependency, err)
	}
	back := time.Now()
	if err := pause(ctx, 2*recovery); err != nil {
		return err
	}
	failed := x.client.tally.after(begin)
	var last failure
	kinds := map[string]int{}
	for _, f := range failed {
		what := f.op.name
		if !excused(dependency, f) {
			what = "not excused, " + what
		}
		kinds[what]++
		last = f
	}
	for what, n := range kinds {
		if strings.HasPrefix(what, "not excused") {
			x.violated("%s was away: %s: %d failed", dependency, what, n)
		}
	}
	settled := max(0, last.at.Sub(back)).Round(time.Millisecond)
	x.say("%s was away for %v; %d failed (%s); the last one %v after it was back", dependency,
		back.Sub(begin).Round(100*time.Millisecond), len(failed), strings.Trim(fmt.Sprint(kinds), "map[]"), settled)
	if settled > recovery {
		x.violated("%s: requests still failed %v after it was back", dependency, settled)
	}
	for _, o := range []op{readStill, readChanging, list, search, update, create, refresh} {
		if x.client.tally.lastAnswer(o).Before(back) {
			x.violated("%s: nobody could %s after it was back", dependency, o.name)
		}
	}
	return nil
}
