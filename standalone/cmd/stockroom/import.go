package main

import (
	"context"
	"fmt"
	"os"

	"github.com/schollz/progressbar/v3"

	"stockroom/pkg/importing"
	"stockroom/standalone"
)

// takeOver imports accounts and products from the database that env or standard
// input names. What cannot be taken as it is goes to standard output, a line for
// each row.
func takeOver(ctx context.Context, env map[string]string, args []string) error {
	flags := newFlags("import")
	rehearse := flags.Bool("dry-run", false, "only say what could not be taken as it is")
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errUsage
	}
	url, err := importURL(env["STOCKROOM_IMPORT_URL"])
	if err != nil {
		return err
	}
	source, err := importing.Open(ctx, url)
	if err != nil {
		return err
	}
	defer source.Close()
	var p progress
	done, err := standalone.Import(ctx, dataDir(env), source, *rehearse, importing.Watcher{Note: p.note, Progress: p.show})
	p.clear()
	if err != nil {
		return err
	}
	if *rehearse {
		fmt.Println("Nothing was imported. This is what would have been:")
	}
	for _, part := range []struct {
		name string
		importing.Result
	}{{"accounts", done.Accounts}, {"passwords", done.Passwords}, {"products", done.Products}} {
		fmt.Printf("%-10s %d added, %d here already, %d refused; %d taken with a change\n",
			part.name, part.Added, part.Here, part.Refused, part.Changed)
	}
	return done.Err()
}

// importURL returns given, or asks for it: there is a password in it.
func importURL(given string) (string, error) {
	if given == "" && atTerminal() {
		return askHidden("URL of the database to import from: ")
	}
	return importing.URL(given, os.Stdin)
}

// progress shows how far an import has come, on a bar for each table.
type progress struct {
	bar   *progressbar.ProgressBar
	table string
	last  int
}

func (p *progress) show(table string, done, total int) {
	if p.bar == nil || p.table != table || done < p.last {
		p.clear()
		p.bar, p.table = newBar(table, total), table
	}
	p.last = done
	_ = p.bar.Set(done)
}

func (p *progress) note(n importing.Note) {
	what := "changed"
	if n.Refused {
		what = "refused"
	}
	p.clear()
	fmt.Printf("%s\t%s\t%s\t%s\n", n.Table, n.ID, what, n.Reason)
}

func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

func newBar(title string, total int) *progressbar.ProgressBar {
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetDescription(title),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionFullWidth(),
		progressbar.OptionOnCompletion(func() { fmt.Fprintln(os.Stderr) }),
	)
}
