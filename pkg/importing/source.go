// Package importing takes over the rows of another system's database.
package importing

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	connectTimeout = 10 * time.Second
	closeTimeout   = 5 * time.Second
	maxURL         = 4 << 10
)

// settings of the session. Between two batches it sits idle for as long as
// writing one takes; sorting a large table may take minutes.
var settings = map[string]string{
	"application_name":                    "stockroom import",
	"client_encoding":                     "UTF8",
	"default_transaction_read_only":       "on",
	"idle_in_transaction_session_timeout": "0",
	"lock_timeout":                        "10s",
	"statement_timeout":                   "10min",
	"timezone":                            "UTC",
}

// Source is a PostgreSQL database as it was at one moment. It is only read.
type Source struct {
	conn *pgx.Conn
	tx   pgx.Tx
}

// ErrNoURL says that nobody has told where the other database is.
var ErrNoURL = errors.New("give the URL of the database to import from in STOCKROOM_IMPORT_URL, " +
	"in a file that STOCKROOM_IMPORT_URL_FILE names, or on standard input")

// URL returns given, or if that is empty the first line of in, which no list of
// processes shows. It fails with [ErrNoURL] if there is neither.
func URL(given string, in io.Reader) (string, error) {
	if given != "" {
		return given, nil
	}
	line, err := bufio.NewReader(io.LimitReader(in, maxURL)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the URL to import from: %w", err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return "", ErrNoURL
	}
	return line, nil
}

// Open connects to the database at url; its search_path, if there is one, says in
// which schema the tables are. Errors never repeat the password. All that is read
// until Close is as it was when Open returned.
func Open(ctx context.Context, url string) (*Source, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("parse the URL to import from: %w", err)
	}
	for name, value := range settings {
		cfg.RuntimeParams[name] = value
	}
	cfg.ConnectTimeout = cmp.Or(cfg.ConnectTimeout, connectTimeout)
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec // nothing here is worth preparing
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connect to the database to import from: %w", err)
	}
	s := &Source{conn: conn}
	s.tx, err = conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err == nil {
		_, err = s.tx.Exec(ctx, `select 1`) // the first statement makes the snapshot
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("begin to read the database to import from: %w", err)
	}
	return s, nil
}

// Close ends the connection.
func (s *Source) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	_ = s.conn.Close(ctx) // nothing was written
}
