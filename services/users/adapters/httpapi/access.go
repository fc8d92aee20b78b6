package httpapi

import (
	"fmt"

	"stockroom/pkg/web"
	"stockroom/services/users"
)

// The operations, by their ids in the document.
const (
	listAccounts  = "listUsers"
	getAccount    = "getUser"
	editAccount   = "updateUser"
	deleteAccount = "deleteUser"
	assignRole    = "assignRole"
)

// Access says who may call which operation. What roles hold the permissions is
// said by [users.Permissions].
func Access() map[string]web.Access {
	return map[string]web.Access{
		listAccounts:  web.Permit(users.ReadAccounts),
		getAccount:    web.PermitOrSelf(users.ReadAccounts, "id"),
		editAccount:   web.PermitOrSelf(users.EditAccounts, "id"),
		deleteAccount: web.Permit(users.DeleteAccounts),
		assignRole:    web.Permit(users.AssignRoles),
	}
}

// accessTo panics for an operation without a row: a forgotten one must not be
// open by default.
func accessTo(id string) web.Access {
	access, ok := Access()[id]
	if !ok {
		panic(fmt.Sprintf("httpapi: nobody said who may call %s", id))
	}
	return access
}
