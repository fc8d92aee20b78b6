package httpapi

import "stockroom/pkg/web"

// access says who may call each operation, by its id. What is not in it nobody
// may: registering such an operation panics.
var access = map[string]web.Access{
	"register":  web.Anyone,
	"login":     web.Anyone,
	"loginJSON": web.Anyone,
	"refresh":   web.Anyone,
	"me":        web.SignedIn,

	"listSessions": web.SignedIn,
	"endSession":   web.SignedIn,
	"logout":       web.SignedIn,
	"logoutAll":    web.SignedIn,

	"changePassword":   web.SignedIn,
	"askForReset":      web.Anyone,
	"resetPassword":    web.Anyone,
	"askToVerifyEmail": web.Anyone, // who is signed in, or says which email
	"verifyEmail":      web.Anyone,

	"jwks":                        web.Anyone,
	"authorizationServerMetadata": web.Anyone,
}

// Roles returns the permissions of each role. Nothing in auth needs one yet:
// everybody deals with their own account here.
func Roles() map[string][]string {
	return map[string][]string{"admin": nil, "user": nil}
}
