package users

// What a role may allow to do with the accounts of others.
const (
	ReadAccounts     = "users:read"
	EditAccounts     = "users:edit"
	AssignRoles      = "users:assign_role"
	ActivateAccounts = "users:activate" // and deactivate
	DeleteAccounts   = "users:delete"   // and restore
	EraseAccounts    = "users:erase"
	ReadAudit        = "users:read_audit"
)

// Permissions returns what each role may do.
func Permissions() map[string][]string {
	return map[string][]string{
		string(RoleAdmin): {
			ReadAccounts, EditAccounts, AssignRoles, ActivateAccounts, DeleteAccounts, EraseAccounts, ReadAudit,
		},
		string(RoleUser): {},
	}
}
