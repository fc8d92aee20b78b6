// Package certificate serves TLS with a certificate from files, and takes up
// another one when they change, without losing a connection.
package certificate

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// every is how long a new certificate may go unnoticed.
const every = 5 * time.Second

// ErrHalf says that only one of the two files is named.
var ErrHalf = errors.New("a certificate needs both its chain and its private key")

// Files are where a certificate is read from, in PEM.
type Files struct {
	chain, key string
	log        *slog.Logger
	current    atomic.Pointer[tls.Certificate]

	// What was read last, good or not, so that each is judged once.
	seenChain, seenKey []byte
}

// Open reads a certificate, the leaf first, and its private key. It fails if
// they cannot be used together.
func Open(chain, key string, log *slog.Logger) (*Files, error) {
	if chain == "" || key == "" {
		return nil, ErrHalf
	}
	f := &Files{chain: chain, key: key, log: log}
	if _, err := f.read(); err != nil {
		return nil, err
	}
	return f, nil
}

// Config is for a listener: TLS 1.2 and later, and HTTP/1.1 within. Whoever
// connects gets the certificate of that moment.
func (f *Files) Config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.current.Load(), nil },
	}
}

// Run looks for changes until ctx is done. What cannot be used, such as a pair
// of which only one file has been replaced so far, is told to the log, and the
// certificate of before stays in use.
func (f *Files) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		switch changed, err := f.read(); {
		case err != nil:
			f.log.WarnContext(ctx, "the new certificate cannot be used", slog.Any("err", err))
		case changed:
			f.log.InfoContext(ctx, "there is a new certificate", slog.Time("until", f.Until()))
		}
	}
}

// Until returns when the certificate that is in use ends.
func (f *Files) Until() time.Time { return f.current.Load().Leaf.NotAfter }

// read takes up what the files hold, if that is not what was seen last.
func (f *Files) read() (changed bool, err error) {
	chain, err := os.ReadFile(f.chain)
	if err != nil {
		return false, fmt.Errorf("read certificate: %w", err)
	}
	key, err := os.ReadFile(f.key)
	if err != nil {
		return false, fmt.Errorf("read certificate's key: %w", err)
	}
	if bytes.Equal(chain, f.seenChain) && bytes.Equal(key, f.seenKey) {
		return false, nil
	}
	f.seenChain, f.seenKey = chain, key
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return false, fmt.Errorf("take up certificate: %w", err)
	}
	f.current.Store(&pair)
	return true, nil
}
