// Package ext stands for a package that Traefik does not publish, with what it
// needs of it.
package ext

// HTTP adds nothing to the configuration of Traefik.
type HTTP struct{}

// Router adds nothing to that of a router.
type Router struct{}
