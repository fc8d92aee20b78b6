package httppeek

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"stockroom/pkg/coherent/audit"
	"stockroom/pkg/peer"
)

const (
	askTime    = 2 * time.Second // at most; an auditor asks for less
	lookupTime = 2 * time.Second
	maxDoors   = 256 // that names lead to
)

var errNoDoor = errors.New("a URL is not of the form http://host:port")

// Config is what [Doors] needs.
type Config struct {
	URLs     []string      // http://host:port of internal doors; a name stands for all its addresses
	Token    string        // the internal one
	Resolver peer.Resolver // nil: the one of Go
	Log      *slog.Logger
}

// Doors leads to the replicas of a service, as they come and go.
type Doors struct {
	cfg   Config
	urls  []*url.URL
	http  *http.Client
	known map[string][]string // addresses of a name when it was last resolved
	away  map[string]bool     // names that were not resolved last time
}

// NewDoors returns doors at the URLs of cfg, and fails if one cannot be read.
func NewDoors(cfg Config) (*Doors, error) {
	if cfg.Resolver == nil {
		cfg.Resolver = &net.Resolver{PreferGo: true}
	}
	d := &Doors{cfg: cfg, http: peer.NewClient(askTime), known: map[string][]string{}, away: map[string]bool{}}
	for _, raw := range cfg.URLs {
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "http" || u.Hostname() == "" || u.Port() == "" || u.User != nil ||
			(u.Path != "" && u.Path != "/") || u.RawQuery != "" {
			return nil, errNoDoor
		}
		d.urls = append(d.urls, u)
	}
	return d, nil
}

// Replicas returns whoever is at an address that the URLs lead to. A name that
// cannot be resolved leads where it did before. It is not for several at once.
func (d *Doors) Replicas(ctx context.Context) (all []audit.Replica) {
	var seen []string
	for _, u := range d.urls {
		for _, address := range d.lookup(ctx, u.Hostname()) {
			at := "http://" + net.JoinHostPort(address, u.Port())
			if len(seen) < maxDoors && !slices.Contains(seen, at) {
				seen = append(seen, at)
				all = append(all, replica{url: at, token: d.cfg.Token, http: d.http})
			}
		}
	}
	return all
}

func (d *Doors) lookup(ctx context.Context, host string) []string {
	if net.ParseIP(host) != nil {
		return []string{host}
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	found, err := d.cfg.Resolver.LookupHost(ctx, host)
	if err == nil {
		d.known[host] = found
	} else if !d.away[host] {
		d.cfg.Log.WarnContext(ctx, "name cannot be resolved", "host", host, "err", err)
	}
	d.away[host] = err != nil
	return d.known[host]
}
