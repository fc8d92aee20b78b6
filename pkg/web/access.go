package web

import "context"

// Access says who may call an operation. The zero value is [SignedIn].
type Access struct {
	Open       bool   // anyone may, and nobody looks at a token
	Permission string // the role of the caller must hold it, unless Self lets them in
	Self       string // path parameter; a caller whose account id it is may call without the permission
}

// The kinds of access that need no permission.
var (
	Anyone   = Access{Open: true}
	SignedIn = Access{}
)

// Permit lets in callers whose role holds permission.
func Permit(permission string) Access { return Access{Permission: permission} }

// PermitOrSelf lets in callers whose role holds permission, and those whose
// account id is the path parameter param.
func PermitOrSelf(permission, param string) Access {
	return Access{Permission: permission, Self: param}
}

// Gate finds out who calls and whether they may.
type Gate interface {
	// Admit returns a context that knows the caller, or fails with an
	// Unauthenticated, Forbidden or Unavailable error. It is not asked about
	// operations that are open to anyone.
	//
	// auth holds the value of every Authorization header and may be kept.
	// changes is true unless the method is GET or HEAD. param returns the value
	// of a path parameter.
	Admit(ctx context.Context, auth []string, access Access, changes bool, param func(name string) string) (context.Context, error)
}
