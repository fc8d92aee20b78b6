// Package smtpserver is a mail server inside a test, which keeps what arrives.
package smtpserver

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// Options are what a test may want to be different.
type Options struct {
	TLS      bool // offered by STARTTLS
	Implicit bool // TLS from the first byte on
	User     string
	Password string // who does not give it is refused; none: anybody is let in

	// Receive decides about a mail to an address, before its content: nil takes
	// every one. It may block.
	Receive func(to string) error
}

// Server is a mail server. It may be stopped and started again at the same
// address.
type Server struct {
	tb    testing.TB
	o     Options
	addr  string
	certs []tls.Certificate
	roots *x509.CertPool

	srv  *smtp.Server // nil while stopped
	ln   net.Listener
	done chan error

	mu    sync.Mutex
	mails []Mail
}

// Mail is what arrived in one piece.
type Mail struct {
	From, To string // of the envelope
	Data     string // header and text, as on the wire
}

// Refusal is an answer to Options.Receive with an SMTP code.
func Refusal(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text}
}

// New starts a server that stops with tb.
func New(tb testing.TB, o Options) *Server {
	tb.Helper()

	s := &Server{tb: tb, o: o, addr: "127.0.0.1:0"}
	if o.TLS || o.Implicit {
		borrowed := httptest.NewTLSServer(nil) // has a certificate for 127.0.0.1, and somebody who trusts it
		defer borrowed.Close()
		s.certs = borrowed.TLS.Certificates
		s.roots = x509.NewCertPool()
		s.roots.AddCert(borrowed.Certificate())
	}
	s.Start()
	tb.Cleanup(s.Stop)
	return s
}

// Addr returns where the server listens.
func (s *Server) Addr() string { return s.addr }

// Roots returns who vouches for the certificate of the server.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// Start starts the server again after Stop.
func (s *Server) Start() {
	s.tb.Helper()

	ln, err := new(net.ListenConfig).Listen(s.tb.Context(), "tcp", s.addr)
	require.NoError(s.tb, err)
	s.addr = ln.Addr().String()
	s.srv = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }))
	s.srv.ErrorLog = log.New(io.Discard, "", 0)
	s.srv.EnableSMTPUTF8 = true
	s.srv.AllowInsecureAuth = true // so that a client which tells a password to anybody is found out
	switch cfg := (&tls.Config{Certificates: s.certs, MinVersion: tls.VersionTLS12}); {
	case s.o.Implicit:
		ln = tls.NewListener(ln, cfg)
	case s.o.TLS:
		s.srv.TLSConfig = cfg
	}
	srv, done := s.srv, make(chan error, 1)
	s.ln, s.done = ln, done
	go func() { done <- srv.Serve(ln) }()
}

// Stop ends the server and every connection to it. It may be stopped already.
func (s *Server) Stop() {
	if s.srv == nil {
		return
	}
	_ = s.srv.Close() // that a connection is closed already is as good
	_ = s.ln.Close()  // of which the server may not know yet
	<-s.done          //nolint:errcheck // it says that it was closed
	s.srv = nil
}

// Mails returns what arrived, oldest first.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// session is one connection.
type session struct {
	server   *Server
	admitted bool
	mail     Mail
}

var _ smtp.AuthSession = (*session)(nil)

func (c *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		c.admitted = user == c.server.o.User && password == c.server.o.Password
		if !c.admitted {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.server.o.Password != "" && !c.admitted {
		return smtp.ErrAuthRequired
	}
	c.mail.From = from
	return nil
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if c.mail.To != "" {
		return errors.New("one at a time")
	}
	if receive := c.server.o.Receive; receive != nil {
		if err := receive(to); err != nil {
			return err
		}
	}
	c.mail.To = to
	return nil
}

func (c *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.mail.Data = string(data)
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.mails = append(c.server.mails, c.mail)
	return nil
}

func (c *session) Reset() { c.mail = Mail{} }

func (c *session) Logout() error { return nil }
