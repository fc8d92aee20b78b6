package telemetry

import (
	"io"
	"sync"
	"time"
)

// How much a [Buffer] holds back, and for how long.
const (
	bufferSize = 32 << 10
	bufferTime = 100 * time.Millisecond
)

// Buffer sends on what is written to it in larger pieces: when 32 KiB have come
// together, or a tenth of a second after the first of it. To write each line of
// a log by itself costs a request more than all that is counted about it. What
// ends a process without a [Buffer.Flush] takes along that tenth of a second.
type Buffer struct {
	w io.Writer

	mu    sync.Mutex
	held  []byte
	timer *time.Timer // runs while something is held
	err   error       // of a write that nobody was there to hear of
}

// NewBuffer returns an empty buffer before w.
func NewBuffer(w io.Writer) *Buffer {
	return &Buffer{w: w, held: make([]byte, 0, bufferSize)}
}

// Write implements [io.Writer]. It keeps the order of what is written, and does
// not divide it.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.held)+len(p) > bufferSize {
		b.send()
	}
	if len(b.held) == 0 {
		b.wind()
	}
	b.held = append(b.held, p...)
	return len(p), b.failure()
}

// Flush sends on all that is held.
func (b *Buffer) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.send()
	return b.failure()
}

// wind makes sure that what is held is sent on in time.
func (b *Buffer) wind() {
	if b.timer != nil {
		b.timer.Reset(bufferTime)
		return
	}
	b.timer = time.AfterFunc(bufferTime, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.send()
	})
}

func (b *Buffer) send() {
	if len(b.held) == 0 {
		return
	}
	b.timer.Stop()
	if _, err := b.w.Write(b.held); err != nil {
		b.err = err
	}
	b.held = b.held[:0]
	if cap(b.held) > bufferSize {
		b.held = make([]byte, 0, bufferSize) // a line was longer than that
	}
}

func (b *Buffer) failure() error {
	err := b.err
	b.err = nil
	return err
}
