package gatewayd

// Buffered returns what large bodies and answers take up.
func (s *Server) Buffered() int64 { return s.public.Bodies().Taken() + s.answers.Taken() }

// Kinds of routes that the product does not have yet.
const (
	Upload   = upload
	Download = download
	Feed     = feed
)

// AddRoute has the catalog be asked for something else too.
func (cfg *Config) AddRoute(method, pattern string, streams streaming) {
	cfg.more = append(cfg.more, route{method, pattern, catalog, anyone, usual, ordinary, read, streams})
}
