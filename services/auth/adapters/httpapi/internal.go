package httpapi

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/errs"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

// MountInternal adds the operations for other services to the internal api, with
// the log of ended sessions.
func MountInternal(api *web.API, svc *auth.Service, log commitlog.Source) {
	h := handlers{svc: svc, rights: Rights{log, svc}}
	mountRights(api, h, log)
	web.Handle(api, web.Operation{
		ID: "stageChange", Method: http.MethodPost, Path: "/internal/v1/credentials/{id}/changes",
		Tag: "auth", Summary: "Keep a new password until the change is committed", Deadline: hashing,
		Errors: []*errs.Error{auth.ErrCredentialNotFound, auth.ErrReauthenticationRequired, auth.ErrLoginThrottled, auth.ErrOverloaded},
	}, h.stage)
	web.Handle(api, web.Operation{
		ID: "activateChange", Method: http.MethodPost, Path: "/internal/v1/credentials/{id}/changes/{change}/activate",
		Tag: "auth", Summary: "Put a committed password into use, and end the other sessions",
		Errors: []*errs.Error{auth.ErrCredentialNotFound, auth.ErrChangeNotFound},
	}, h.activate)
	web.Handle(api, web.Operation{
		ID: "removeCredential", Method: http.MethodDelete, Path: "/internal/v1/credentials/{id}",
		Tag: "auth", Summary: "Forget the password and the sessions of an account that was erased; may be repeated",
	}, h.removeCredential)
}

type newPassword struct {
	Change      web.ID               `json:"change_id"`
	Password    string               `json:"password"`
	Current     web.Optional[string] `json:"current_password" nullable:"true"`
	KeepSession web.Optional[string] `json:"keep_session" pattern:"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$"`
}

type staging struct {
	ID   web.ID `path:"id"`
	Body newPassword
}

func (h handlers) stage(c *fiber.Ctx, in staging) (web.Empty, error) {
	n := auth.NewPassword{
		Change:   auth.ChangeID(in.Body.Change),
		Account:  auth.AccountID(in.ID),
		Password: in.Body.Password,
		Keep:     auth.SessionID(in.Body.KeepSession.Value),
	}
	if current := in.Body.Current; current.Set && !current.Null {
		n.Current = &current.Value
	}
	return web.Empty{}, h.svc.StageChange(c.UserContext(), n)
}

type activation struct {
	ID     web.ID `path:"id"`
	Change web.ID `path:"change"`
	Body   struct {
		KeepSession web.Optional[string] `json:"keep_session" pattern:"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$"`
	}
}

func (h handlers) activate(c *fiber.Ctx, in activation) (web.Empty, error) {
	err := h.svc.ActivateChange(c.UserContext(),
		auth.AccountID(in.ID), auth.ChangeID(in.Change), auth.SessionID(in.Body.KeepSession.Value))
	return web.Empty{}, err
}

func (h handlers) removeCredential(c *fiber.Ctx, in struct {
	ID web.ID `path:"id"`
},
) (web.Empty, error) {
	return web.Empty{}, h.svc.Forget(c.UserContext(), auth.AccountID(in.ID))
}
