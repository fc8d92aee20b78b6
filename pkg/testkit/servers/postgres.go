package servers

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// linguistic makes the server's own order of texts differ from the order by
// code point that stores promise, so that a query that forgets to ask for its
// order is found out.
const linguistic = "--locale-provider=icu --icu-locale=en-US"

// hasty are settings for data that only have to outlive the server, not the
// machine.
var hasty = []string{
	"-c", "fsync=off", "-c", "full_page_writes=off",
	"-c", "autovacuum=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB",
}

// careless is for data that nobody will miss.
var careless = append(slices.Clip(hasty), "-c", "synchronous_commit=off")

// Postgres starts a PostgreSQL server. Its URL is that of a superuser.
func Postgres(ctx context.Context) (*Server, error) { return postgres(ctx, careless, false) }

// LastingPostgres starts a PostgreSQL server that has what it has committed when
// it crashes and is started again.
func LastingPostgres(ctx context.Context) (*Server, error) { return postgres(ctx, hasty, true) }

func postgres(ctx context.Context, settings []string, again bool) (*Server, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	s, err := start(ctx, program{
		name:  "PostgreSQL",
		image: "postgres:17",
		port:  "5432/tcp",
		env: map[string]string{
			"POSTGRES_HOST_AUTH_METHOD": "trust",
			"POSTGRES_INITDB_ARGS":      "--encoding=UTF8 --no-sync " + linguistic,
		},
		args:  append([]string{"docker-entrypoint.sh", "postgres"}, settings...),
		local: func() (command, error) { return localPostgres(settings, again) },
	}, port)
	if err != nil {
		return nil, err
	}
	if s.URL == "" {
		s.URL = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	}
	if err := AwaitPostgres(ctx, s); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// AwaitPostgres returns when s, which is starting, answers.
func AwaitPostgres(ctx context.Context, s *Server) error {
	if err := await(ctx, s, func(ctx context.Context) error { return pingPostgres(ctx, s.URL) }); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	return nil
}

// CrashPostgres ends s as a crash would, and returns when it is gone. It keeps
// its data; Again starts it.
func CrashPostgres(ctx context.Context, s *Server) error {
	conn, err := pgx.Connect(ctx, s.URL)
	if err != nil {
		return fmt.Errorf("crash PostgreSQL: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // it is broken
	// From inside, as only there its process can be reached wherever it runs.
	_, cut := conn.Exec(ctx, `copy (select 1) to program 'kill -QUIT "$(head -n 1 postmaster.pid)"'`)
	for pingPostgres(ctx, s.URL) == nil {
		select {
		case <-ctx.Done():
			return fmt.Errorf("crash PostgreSQL: %w (%w)", ctx.Err(), cut)
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

func pingPostgres(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// localPostgres listens on a socket in its own folder, which nobody else can use.
func localPostgres(settings []string, again bool) (command, error) {
	bin, err := postgresBin()
	if err != nil {
		return command{}, err
	}
	dir, err := os.MkdirTemp("", "stockroom-pg-")
	if err != nil {
		return command{}, fmt.Errorf("make folder: %w", err)
	}
	const run = `[ -e "$1/data" ] || "$0/initdb" -D "$1/data" -U postgres -A trust -E UTF8 --no-sync --no-instructions ` + linguistic + ` >&2 || exit
bin=$0; dir=$1; shift; exec "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= "$@"`
	query := url.Values{"host": {dir}, "sslmode": {"disable"}}
	return command{
		url:  "postgres://postgres@/postgres?" + query.Encode(),
		dir:  dir,
		quit: "QUIT", // KILL would leave its shared memory behind
		args: append([]string{"sh", "-c", run, bin, dir}, settings...),

		again: again,
	}, nil
}

// postgresBin finds the newest installation: distributions keep the server's
// programs out of PATH.
func postgresBin() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path), nil
	}
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"} {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return "", fmt.Errorf("look for PostgreSQL: %w", err)
		}
		found = append(found, dirs...)
	}
	found = slices.DeleteFunc(found, func(dir string) bool {
		_, err := exec.LookPath(filepath.Join(dir, "initdb"))
		return err != nil
	})
	if len(found) == 0 {
		return "", errors.New("look for PostgreSQL: not installed")
	}
	return slices.Max(found), nil
}
