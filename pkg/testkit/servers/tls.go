package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
)

// TLS is the certificate that a server shows, with its key, both in PEM. It has
// to be for localhost.
type TLS struct{ Certificate, Key string }

// keep is a shell script that puts certificate and key into the folder that
// follows them, and runs the rest of its arguments there.
const keep = `umask 077; printf %s "$0" >"$2/tls.crt"; printf %s "$1" >"$2/tls.key"; cd "$2"; shift 2; exec "$@"`

// PostgresTLS starts a PostgreSQL server that speaks TLS too. Its URL is that of
// a superuser, without TLS.
func PostgresTLS(ctx context.Context, t TLS) (*Server, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	const here = `chown postgres tls.crt tls.key; exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file=/tmp/tls.crt -c ssl_key_file=/tmp/tls.key "$@"`
	s, err := start(ctx, program{
		name:  "PostgreSQL",
		image: "postgres:17",
		port:  "5432/tcp",
		env:   map[string]string{"POSTGRES_HOST_AUTH_METHOD": "trust", "POSTGRES_INITDB_ARGS": "--encoding=UTF8 --no-sync " + linguistic},
		args:  append([]string{"sh", "-c", keep, t.Certificate, t.Key, "/tmp", "sh", "-c", here, "sh"}, careless...),
		local: func() (command, error) { return localPostgresTLS(t, port) },
	}, port)
	if err != nil {
		return nil, err
	}
	s.URL = fmt.Sprintf("postgres://postgres@localhost:%d/postgres?sslmode=disable", port)
	if err := AwaitPostgres(ctx, s); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func localPostgresTLS(t TLS, port int) (command, error) {
	bin, err := postgresBin()
	if err != nil {
		return command{}, err
	}
	dir, err := os.MkdirTemp("", "stockroom-pg-")
	if err != nil {
		return command{}, fmt.Errorf("make folder: %w", err)
	}
	const run = `"$0/initdb" -D data -U postgres -A trust -E UTF8 --no-sync --no-instructions ` + linguistic + ` >&2 || exit
dir=$PWD; bin=$0; exec "$bin/postgres" -D data -k "$dir" -c ssl=on -c ssl_cert_file="$dir/tls.crt" -c ssl_key_file="$dir/tls.key" "$@"`
	return command{
		dir:  dir,
		quit: "QUIT", // KILL would leave its shared memory behind
		args: append([]string{"sh", "-c", keep, t.Certificate, t.Key, dir, "sh", "-c", run, bin, "-c", "port=" + strconv.Itoa(port)}, careless...),
	}, nil
}

// RedisTLS starts a Redis server that speaks nothing but TLS and asks for a
// password, on a port of localhost.
func RedisTLS(ctx context.Context, t TLS, password string, port int) (*Server, error) {
	settings := []string{
		"redis-server", "--save", "", "--appendonly", "no", "--databases", "256", "--loglevel", "warning", "--requirepass", password,
		"--port", "0", "--tls-cert-file", "tls.crt", "--tls-key-file", "tls.key", "--tls-auth-clients", "no",
	}
	return start(ctx, program{
		name:  "Redis",
		image: "redis:8",
		port:  "6379/tcp",
		args:  append(append([]string{"sh", "-c", keep, t.Certificate, t.Key, "/tmp"}, settings...), "--tls-port", "6379", "--bind", "0.0.0.0"),
		local: func() (command, error) {
			if _, err := exec.LookPath(settings[0]); err != nil {
				return command{}, fmt.Errorf("look for Redis: %w", err)
			}
			dir, err := os.MkdirTemp("", "stockroom-redis-")
			if err != nil {
				return command{}, fmt.Errorf("make folder: %w", err)
			}
			args := append([]string{"sh", "-c", keep, t.Certificate, t.Key, dir}, settings...)
			return command{dir: dir, quit: "KILL", args: append(args, "--tls-port", strconv.Itoa(port), "--bind", "127.0.0.1")}, nil
		},
	}, port)
}
