// Package catalog is the inside of the catalog service: what a product is and
// which rules it obeys ([Product], [Draft], [Changes], [Price]), what can be
// asked ([Query]), what can be done ([Service]) and what the service needs from
// the world to do it ([Store]).
//
// It knows no transport and no database. The world is attached from the
// outside: the adapters live in adapters/, one package per technology, and
// package catalogd puts everything together.
package catalog
