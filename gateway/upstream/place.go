package upstream

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
)

// place is where a replica listens or, if its host is a name, where all those
// do that the name leads to.
type place struct{ host, port, internalHost, internalPort string }

func (at place) public() string   { return net.JoinHostPort(at.host, at.port) }
func (at place) internal() string { return net.JoinHostPort(at.internalHost, at.internalPort) }

// literal reports whether at is one address, and no name.
func (at place) literal() bool {
	_, err := netip.ParseAddr(at.host)
	return err == nil
}

// withHost returns the place of one replica behind a name.
func (at place) withHost(addr string) place { return place{addr, at.port, addr, at.internalPort} }

func (cfg Config) places() ([]place, error) {
	if len(cfg.URLs) == 0 {
		return nil, errors.New("no URL")
	}
	if len(cfg.InternalURLs) != 0 && len(cfg.InternalURLs) != len(cfg.URLs) {
		return nil, fmt.Errorf("%d URLs but %d internal URLs", len(cfg.URLs), len(cfg.InternalURLs))
	}
	places := make([]place, 0, len(cfg.URLs))
	for i, raw := range cfg.URLs {
		var internal string
		if len(cfg.InternalURLs) != 0 {
			internal = cfg.InternalURLs[i]
		}
		at, err := placeOf(raw, internal)
		if err != nil {
			return nil, err
		}
		places = append(places, at)
	}
	return places, nil
}

// placeOf reads the URLs of both doors. Without an internal one it is where
// services listen by convention.
func placeOf(public, internal string) (at place, err error) {
	if at.host, at.port, err = address(public); err != nil {
		return at, err
	}
	if internal == "" {
		at.internalHost = at.host
		at.internalPort, err = nextDoor(at.port)
		return at, err
	}
	if at.internalHost, at.internalPort, err = address(internal); err != nil {
		return at, err
	}
	if !at.literal() && at.internalHost != at.host {
		return at, fmt.Errorf("which address of %s belongs to which of %s nobody can tell", internal, public)
	}
	return at, nil
}

// address returns the host and the port of an http URL that has nothing else.
func address(raw string) (host, port string, err error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" || u.User != nil || (u.Path != "" && u.Path != "/") || u.RawQuery != "" {
		return "", "", fmt.Errorf("%q is not of the form http://host:port", raw)
	}
	if u.Port() == "" {
		return u.Hostname(), "80", nil
	}
	return u.Hostname(), u.Port(), checkPort(u.Port())
}

func checkPort(port string) error {
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("%q is no port", port)
	}
	return nil
}

func nextDoor(port string) (string, error) {
	n, err := strconv.Atoi(port)
	if err != nil {
		return "", fmt.Errorf("internal port next to %q: %w", port, err)
	}
	next := strconv.Itoa(n + 1000)
	return next, checkPort(next)
}
