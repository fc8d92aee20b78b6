// Package ingress finds out where a request comes from.
package ingress
