package apidoc

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"
)

// Source is where the document of a service comes from.
type Source struct {
	Name  string
	Fetch func(ctx context.Context) ([]byte, error)
}

// How often the documents are asked for.
const (
	whileIncomplete = 500 * time.Millisecond
	whenComplete    = 30 * time.Second
)

// Keeper holds the merged document. What a service said last stays in it while
// the service is away.
type Keeper struct {
	base    []byte
	sources []Source
	log     *slog.Logger
	known   [][]byte
	merged  atomic.Pointer[served]
}

// served is the merged document, packed once for all who take it so.
type served struct{ plain, packed []byte }

// NewKeeper returns a keeper that knows nothing yet.
func NewKeeper(base []byte, sources []Source, log *slog.Logger) *Keeper {
	return &Keeper{base: base, sources: sources, log: log, known: make([][]byte, len(sources))}
}

// Document returns the merged document, plain and packed by gzip, and nil while
// no service was heard of.
func (k *Keeper) Document() (plain, packed []byte) {
	if doc := k.merged.Load(); doc != nil {
		return doc.plain, doc.packed
	}
	return nil, nil
}

// Run keeps the document current until ctx is done.
func (k *Keeper) Run(ctx context.Context) error {
	for {
		k.refresh(ctx)
		wait := whenComplete
		if slices.ContainsFunc(k.known, func(doc []byte) bool { return doc == nil }) {
			wait = whileIncomplete
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

func (k *Keeper) refresh(ctx context.Context) {
	heard := make([][]byte, len(k.sources))
	var g errgroup.Group
	for i, s := range k.sources {
		g.Go(func() error {
			doc, err := s.Fetch(ctx)
			if err != nil {
				k.log.DebugContext(ctx, "document not fetched", "service", s.Name, "err", err)
				return nil
			}
			heard[i] = doc
			return nil
		})
	}
	_ = g.Wait() // a service that is away changes nothing
	changed := false
	for i, doc := range heard {
		if doc != nil && !slices.Equal(doc, k.known[i]) {
			k.known[i], changed = doc, true
		}
	}
	if changed {
		k.merge(ctx)
	}
}

func (k *Keeper) merge(ctx context.Context) {
	var parts []Part
	for i, s := range k.sources {
		if k.known[i] != nil {
			parts = append(parts, Part{s.Name, k.known[i]})
		}
	}
	doc, err := Merge(k.base, parts...)
	if err != nil {
		k.log.ErrorContext(ctx, "documents not merged", "err", err)
		return
	}
	k.merged.Store(&served{doc, fasthttp.AppendGzipBytes(nil, doc)})
}
