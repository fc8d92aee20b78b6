package users

// What a role may allow to do with the accounts of others.
const (
	ReadAccounts   = "users:read"
	EditAccounts   = "users:edit"
	DeleteAccounts = "users:delete"
	AssignRoles    = "users:assign_role"
)

// Permissions returns what each role may do.
func Permissions() map[string][]string {
	return map[string][]string{
		string(RoleAdmin): {ReadAccounts, EditAccounts, DeleteAccounts, AssignRoles},
		string(RoleUser):  {},
	}
}
