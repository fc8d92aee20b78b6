package gatewayd

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
