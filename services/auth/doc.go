// Package auth owns secrets: password hashes, sessions and signing keys. It
// knows who somebody is; what an account is called and may do is asked from
// users each time, so that there is no copy to go stale.
package auth
