// Package ingress refuses requests that two programs could read differently.
//
// A gateway that is laxer than what stands before or behind it lets requests be
// smuggled through it. So nothing is repaired here: a request is either in the
// one form that everybody reads alike, or it is refused and its connection ends.
package ingress
