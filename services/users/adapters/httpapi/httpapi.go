// Package httpapi offers accounts to clients over HTTP.
package httpapi

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
	"stockroom/pkg/web"
	"stockroom/services/users"
)

const (
	accountsPath = "/api/v1/users"
	accountPath  = accountsPath + "/{id}"

	// hashDeadline leaves time for the queue in front of the hashing of passwords.
	hashDeadline = 15 * time.Second

	mergePatch = "application/merge-patch+json"
)

// Mount adds the operations on accounts to api.
func Mount(api *web.API, svc *users.Service) {
	h := &handler{svc}
	absent := users.ErrAccountNotFound
	web.Handle(api, operation(web.Operation{
		ID: listAccounts, Method: http.MethodGet, Path: accountsPath,
		Summary: "List accounts", Description: "By pages, the newest first unless another order is asked for.",
	}), h.list)
	web.Handle(api, read(getMe, accountsPath+"/me", "Read the caller's account", users.ErrSessionRevoked), h.me)
	web.Handle(api, read(getAccount, accountPath, "Read an account", absent), h.get)
	web.Handle(api, operation(web.Operation{
		ID: readAudit, Method: http.MethodGet, Path: accountPath + "/audit", Summary: "List what was done to an account",
		Description: "What administrators and operators did to it, the newest first; also of deleted and erased accounts.",
		Errors:      []*errs.Error{absent},
	}), h.audit)
	mountEdits(api, h)

	web.Handle(api, change(deactivateAccount, http.MethodPost, "/deactivate", "Lock an account out",
		"Its tokens end at once. What is inactive already stays as it is.", absent, users.ErrLastAdmin), h.with(svc.Deactivate))
	web.Handle(api, change(activateAccount, http.MethodPost, "/activate", "Let an account in again",
		"What is active already stays as it is.", absent), h.with(svc.Activate))
	remove := change(deleteAccount, http.MethodDelete, "", "Delete an account",
		"Its email and username are free again. It can be restored.", absent, users.ErrLastAdmin)
	remove.Status, remove.Headers = http.StatusNoContent, nil
	web.Handle(api, remove, h.remove)
	web.Handle(api, change(restoreAccount, http.MethodPost, "/restore", "Take the deletion of an account back",
		"What is not deleted stays as it is.", absent, users.ErrEmailTaken, users.ErrUsernameTaken), h.with(svc.Restore))
	web.Handle(api, operation(web.Operation{
		ID: eraseAccount, Method: http.MethodPost, Path: accountPath + "/erase", Status: http.StatusNoContent,
		Summary:     "Erase an account",
		Description: "Deletes it and takes away all that tells whose it was, here, in its audit and in its sessions. Cannot be taken back, and may be repeated. If the answer is 503 with code dependency_unavailable it may have begun, and then goes on by itself.",
		Errors:      []*errs.Error{absent, users.ErrLastAdmin, users.ErrAuthUnavailable},
	}), h.erase)
}

// mountEdits adds the operations that take an account or a part of it.
func mountEdits(api *web.API, h *handler) {
	failures := []*errs.Error{
		users.ErrReauthentication, users.ErrThrottled, users.ErrAccountNotFound, users.ErrEmailTaken, users.ErrUsernameTaken,
		users.ErrAuthUnavailable,
	}
	put := change(editAccount, http.MethodPut, "", "Change an account",
		"Changes the members that are sent and no others. Whoever changes their own password gives the current one, or has signed in within the last 15 minutes. A new password ends all other sessions of the account.",
		failures...)
	put.Deadline = hashDeadline
	web.Handle(api, put, h.edit)
	patch := change(patchAccount, http.MethodPatch, "", "Change an account by a merge patch",
		"RFC 7396; the rules are those of PUT. No member can be taken away, so null is refused.", failures...)
	patch.Deadline, patch.MediaTypes = hashDeadline, []string{mergePatch, fiber.MIMEApplicationJSON}
	web.Handle(api, patch, h.edit)
	web.Handle(api, change(assignRole, http.MethodPut, "/role", "Give an account a role",
		"The role is in the query or in the body. If it is in both, it is the same.",
		users.ErrAccountNotFound, users.ErrLastAdmin), h.assign)
}

// operation adds what all operations have in common, and who may call op.
func operation(op web.Operation) web.Operation {
	op.Tag = "users"
	op.Access = accessTo(op.ID)
	return op
}

// read returns the operation that reads one account.
func read(id, path, summary string, failures ...*errs.Error) web.Operation {
	return operation(web.Operation{
		ID: id, Method: http.MethodGet, Path: path, Summary: summary, Errors: failures,
		Also: map[int]string{http.StatusNotModified: "What If-None-Match names is still current."},
		Headers: map[string]string{
			fiber.HeaderETag:         "Changes when the account does.",
			fiber.HeaderCacheControl: "private, no-cache: the caller may keep it, and asks again before using it.",
		},
	})
}

// change returns the operation that changes one account, by the path below it.
func change(id, method, path, summary, description string, failures ...*errs.Error) web.Operation {
	return operation(web.Operation{
		ID: id, Method: method, Path: accountPath + path, Summary: summary, Description: description,
		Errors:  append(failures, users.ErrVersionConflict),
		Headers: map[string]string{fiber.HeaderETag: "Of the account as it is now."},
	})
}
