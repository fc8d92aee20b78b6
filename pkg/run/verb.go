package run

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path"
	"runtime/debug"
	"strings"

	"stockroom/pkg/telemetry"
)

// Verb is one thing that a program can be told to do.
type Verb struct {
	Name  string
	About string // what it does, for who asks
	Do    func(ctx context.Context, log *slog.Logger) error
}

// program is what a command line is for.
type program struct {
	name  string
	verbs []Verb // the first is what it does without being told
}

func newProgram(serve func(context.Context, *slog.Logger) error, verbs []Verb) *program {
	p := &program{name: name()}
	p.verbs = append(p.verbs, Verb{"serve", "answer requests until stopped; done without being told", serve})
	p.verbs = append(p.verbs, verbs...)
	p.verbs = append(p.verbs, Verb{"version", "say which version this is", p.version}, Verb{"help", "say this", p.help})
	return p
}

func serve(service string, start func(context.Context, *telemetry.Telemetry) (Server, error)) func(context.Context, *slog.Logger) error {
	return func(ctx context.Context, log *slog.Logger) error {
		t, err := telemetry.FromEnv(ctx, service, log)
		if err != nil {
			return err
		}
		defer t.Close(ctx)
		srv, err := start(ctx, t)
		if err != nil {
			return err
		}
		return srv.Run(ctx)
	}
}

// name returns what the program is called in its source: in an image, its file
// may be called something else.
func name() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return path.Base(info.Path)
	}
	return path.Base(os.Args[0])
}

// told returns what words tell the program to do, or false if it cannot do that.
func (p *program) told(words []string) (Verb, bool) {
	if len(words) == 0 {
		return p.verbs[0], true
	}
	for _, v := range p.verbs {
		if len(words) == 1 && strings.TrimLeft(words[0], "-") == v.Name {
			return v, true
		}
	}
	return Verb{}, false
}

func (p *program) version(context.Context, *slog.Logger) error {
	_, err := fmt.Println(p.name, ThisVersion())
	return err
}

func (p *program) help(context.Context, *slog.Logger) error {
	p.usage(os.Stdout)
	return nil
}

func (p *program) usage(w io.Writer) {
	text := "usage: " + p.name + " [verb]\n\n"
	for _, v := range p.verbs {
		text += fmt.Sprintf("  %-14s %s\n", v.Name, v.About)
	}
	_, _ = io.WriteString(w, text+"\nIts environment configures it; its README has the variables.\n")
}
