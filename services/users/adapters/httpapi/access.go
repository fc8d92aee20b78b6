package httpapi

import (
	"fmt"

	"stockroom/pkg/web"
	"stockroom/services/users"
)

// The operations, by their ids in the document.
const (
	listAccounts      = "listUsers"
	getMe             = "getMe"
	getAccount        = "getUser"
	editAccount       = "updateUser"
	patchAccount      = "patchUser"
	assignRole        = "assignRole"
	deactivateAccount = "deactivateUser"
	activateAccount   = "activateUser"
	deleteAccount     = "deleteUser"
	restoreAccount    = "restoreUser"
	eraseAccount      = "eraseUser"
	readAudit         = "listUserAudit"
)

// Access says who may call which operation. What roles hold the permissions is
// said by [users.Permissions].
func Access() map[string]web.Access {
	return map[string]web.Access{
		listAccounts:      web.Permit(users.ReadAccounts),
		getMe:             web.SignedIn,
		getAccount:        web.PermitOrSelf(users.ReadAccounts, "id"),
		editAccount:       web.PermitOrSelf(users.EditAccounts, "id"),
		patchAccount:      web.PermitOrSelf(users.EditAccounts, "id"),
		assignRole:        web.Permit(users.AssignRoles),
		deactivateAccount: web.Permit(users.ActivateAccounts),
		activateAccount:   web.Permit(users.ActivateAccounts),
		deleteAccount:     web.Permit(users.DeleteAccounts),
		restoreAccount:    web.Permit(users.DeleteAccounts),
		eraseAccount:      web.Permit(users.EraseAccounts),
		readAudit:         web.Permit(users.ReadAudit),
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
