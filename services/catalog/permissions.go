package catalog

// The permissions of this service.
const (
	PermitWriteProducts = "products:write"
)

// Permissions says which role holds which permissions. Reading products needs
// none.
func Permissions() map[string][]string {
	return map[string][]string{
		"admin": {PermitWriteProducts},
		"user":  {},
	}
}
