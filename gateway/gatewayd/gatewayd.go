// Package gatewayd is the one door to the services.
//
// It refuses what could be read in two ways, finds the service for a path,
// looks for a token where one is needed, and sends on a request of its own
// making. It owns no data, and knows no service but by its address.
package gatewayd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"stockroom/gateway/admission"
	"stockroom/gateway/apidoc"
	"stockroom/gateway/pages"
	"stockroom/gateway/upstream"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/natsbus"
	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/pkg/wire"
)

// Version is the version of the API that the gateway shows.
const Version = "0.1.0"

// Server is the gateway, listening.
type Server struct {
	edge
	log       *slog.Logger
	requests  *telemetry.Requests
	doors     web.Doors
	public    *wire.Listener
	answers   *wire.Budget
	head      *fasthttp.ResponseHeader // what that of every answer begins with
	flows     flows
	exchanges sync.Pool
	table     *table
	pools     map[string]*upstream.Pool
	verifier  *token.Verifier
	document  *apidoc.Keeper
	pages     *pages.Pages
	internal  *web.API
	servers   []run.Server
	closeBus  func()

	starting     []web.Check // what has to pass before anybody is let in
	drain, grace time.Duration
	stopping     atomic.Bool
	read         atomic.Bool // the catalog was ready once
}

// New puts the gateway together. It answers once [Server.Run] runs. The doors
// are the gateway's from now on, which closes them also when New fails.
func New(_ context.Context, cfg Config, doors web.Doors, t *telemetry.Telemetry) (_ *Server, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, doors.Close())
		}
	}()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	e, err := cfg.edge(t)
	defer func() {
		if err != nil {
			e.close()
		}
	}()
	if err != nil {
		return nil, err
	}
	answers := wire.NewBudget(answersBudget)
	pools, err := cfg.pools(answers, t.Log)
	if err != nil {
		return nil, err
	}
	bus, closeBus, err := connect(cfg.NATSURL, t)
	if err != nil {
		return nil, err
	}
	verifier := token.NewVerifier(token.Config{
		Issuer:           cfg.TokenIssuer,
		Audience:         cfg.TokenAudience,
		JWKSURL:          strings.TrimSuffix(cfg.AuthURL, "/") + "/.well-known/jwks.json",
		AuthInternalURL:  cfg.AuthInternalURL,
		UsersInternalURL: cfg.UsersInternalURL,
		InternalToken:    cfg.InternalToken,
		Bus:              bus,
		Log:              t.Log,
	})
	s := cfg.newServer(pools, answers, verifier, t)
	s.edge, s.closeBus = e, closeBus
	s.head = newHead(e.certificate != nil)
	s.doors, s.drain, s.grace = doors, cfg.Drain, cfg.Grace
	s.public = s.open(cfg, doors.Public)
	answers.Relieve(s.public.CutSlow)
	s.measureDoor(t)
	s.internal = web.NewInternal(web.Config{Title: "gateway", Version: Version, Telemetry: t, PreviousToken: cfg.InternalTokenPrevious}, cfg.InternalToken,
		map[string]web.Check{"catalog": s.hasRead, "upstreams": s.hasLooked, "tokens": verifier.Started})
	s.starting = []web.Check{s.hasLooked, verifier.Started}
	s.servers = append(append(s.servers, verifier), e.servers()...)
	e.measure(t)
	verifier.Measure(t)
	for _, pool := range pools {
		pool.Measure(t)
	}
	return s, nil
}

func (cfg Config) newServer(pools map[string]*upstream.Pool, answers *wire.Budget, verifier *token.Verifier, t *telemetry.Telemetry) *Server {
	s := &Server{log: t.Log, requests: t.Requests(telemetry.Public), pools: pools, answers: answers, verifier: verifier, pages: pages.New()}
	var sources []apidoc.Source
	for _, name := range []string{auth, users, catalog} {
		s.servers = append(s.servers, pools[name])
		sources = append(sources, apidoc.Source{Name: name, Fetch: fetchDocument(pools[name], answers)})
	}
	s.document = apidoc.NewKeeper(ownDocument, sources, t.Log)
	s.servers = append(s.servers, s.document)

	endpoints := s.own()
	for _, r := range cfg.routes() {
		endpoints = append(endpoints, endpoint{route: r})
	}
	s.table = newTable(endpoints)
	return s
}

func (cfg Config) pools(answers *wire.Budget, log *slog.Logger) (map[string]*upstream.Pool, error) {
	pools := map[string]*upstream.Pool{}
	for _, c := range []upstream.Config{
		{Name: auth, URLs: cfg.AuthURLs, InternalURLs: cfg.AuthInternalURLs},
		{Name: users, URLs: cfg.UsersURLs, InternalURLs: cfg.UsersInternalURLs},
		{Name: catalog, URLs: cfg.CatalogURLs, InternalURLs: cfg.CatalogInternalURLs},
	} {
		c.Log, c.Answers = log, answers
		pool, err := upstream.New(c)
		if err != nil {
			return nil, err
		}
		pools[c.Name] = pool
	}
	return pools, nil
}

// connect returns the bus that brings revocations at once, or none.
func connect(url string, t *telemetry.Telemetry) (commitlog.Bus, func(), error) {
	if url == "" {
		return nil, func() {}, nil
	}
	bus, err := natsbus.Connect(url, "gateway", t)
	if err != nil {
		return nil, nil, err
	}
	bus.Measure(t)
	return bus, bus.Close, nil
}

// Run answers requests until ctx is done, and finishes those under way.
func (s *Server) Run(ctx context.Context) error {
	defer s.close()
	defer s.closeBus()

	// What requests need outlives the doors that they come through, and those
	// outlive the moment from which nobody should come.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	working := make(chan error, 1)
	go func() { working <- run.All(background, s.servers...) }()
	open, shut := context.WithCancel(background)
	defer shut()
	defer context.AfterFunc(ctx, func() {
		s.stopping.Store(true)
		s.internal.Leave()
		time.AfterFunc(s.drain, shut)
	})()

	err := run.All(open, door(s.serveInternal), door(s.servePublic))
	stop()
	return errors.Join(err, <-working)
}

type door func(ctx context.Context) error

// Run implements [run.Server].
func (d door) Run(ctx context.Context) error { return d(ctx) }

func (s *Server) serveInternal(ctx context.Context) error {
	return web.Serve(ctx, s.internal.App(), s.doors.Internal, s.grace)
}

// hasLooked keeps requests away from a gateway that has just started and does
// not know yet where the services are. Whether they are there is another matter.
func (s *Server) hasLooked(context.Context) error {
	for name, pool := range s.pools {
		if !pool.Looked() {
			return fmt.Errorf("replicas of %s are still being looked for", name)
		}
	}
	return nil
}

// hasRead keeps requests away until the catalog could be read once. From then on
// it says nothing: if the services are away, every gateway would leave, and
// nobody would be there to say so.
func (s *Server) hasRead(context.Context) error {
	if !s.read.Load() && !s.pools[catalog].Ready() {
		return errors.New("no catalog replica is ready")
	}
	s.read.Store(true)
	return nil
}

func fetchDocument(pool *upstream.Pool, answers *wire.Budget) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		q := upstream.Request{Head: []byte("GET /openapi.json HTTP/1.1\r\nHost: service\r\n")}
		var a upstream.Answer
		if err := pool.Do(&q, &a, admission.Apart, within(ctx, documentDeadline)); err != nil {
			return nil, err
		}
		answers.Return(a.Held)
		if a.Status != http.StatusOK {
			return nil, fmt.Errorf("status %d", a.Status)
		}
		return a.Body, nil
	}
}
