package smtpmailer

import (
	"cmp"
	"errors"
	"net"
	"net/url"
)

// mode says where TLS begins.
type mode string

const (
	implicit mode = "465"
	startTLS mode = "587"
	plain    mode = "25"
)

// server is what a URL says of one.
type server struct {
	host, port     string
	user, password string
	mode           mode // its usual port, too
}

func (s server) addr() string { return net.JoinHostPort(s.host, s.port) }

var (
	errURL       = errors.New("the URL of the mail server must be smtp://… or smtps://[user:password@]host[:port]")
	errTLS       = errors.New("?tls=none is all that the URL of the mail server may ask for, and only as smtp://")
	errInTheOpen = errors.New("without TLS no password is sent to the mail server")
	errFrom      = errors.New("the sender of mails must be an address, with or without a name: Shop <no-reply@shop.example>")
)

func parse(rawURL string) (server, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return server{}, errURL // that of url would show the URL
	}
	s := server{host: u.Hostname(), user: u.User.Username()}
	s.password, _ = u.User.Password()
	switch u.Scheme {
	case "smtp":
		s.mode = startTLS
	case "smtps":
		s.mode = implicit
	default:
		return server{}, errURL
	}
	if u.RawQuery != "" {
		if u.RawQuery != "tls=none" || s.mode != startTLS {
			return server{}, errTLS
		}
		if s.user != "" {
			return server{}, errInTheOpen
		}
		s.mode = plain
	}
	s.port = cmp.Or(u.Port(), string(s.mode))
	return s, nil
}
