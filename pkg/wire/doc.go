// Package wire refuses requests that two programs could read differently.
//
// A server that is laxer than what stands before or behind it lets requests be
// smuggled through it. So nothing is repaired here: a request is either in the
// one form that everybody reads alike, or it is refused and its connection ends.
// The gateway and every service look at each request through this package,
// because [fasthttp] alone takes more than that.
package wire
