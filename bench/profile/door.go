// Package profile finds out where the time of a program goes.
package profile

import (
	"context"
	"net/http"
	"net/http/pprof"
	"time"
)

const path = "/debug/pprof/profile"

// Serve answers at addr what the time of this process was spent with, until ctx
// ends.
func Serve(ctx context.Context, addr string) error {
	mux := http.NewServeMux()
	mux.HandleFunc(path, pprof.Profile)
	server := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // nobody waits for a profile any more
	defer stop()
	if err := server.ListenAndServe(); ctx.Err() == nil {
		return err
	}
	return nil
}
