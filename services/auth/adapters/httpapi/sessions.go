package httpapi

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

func mountSessions(api *web.API, h handlers) {
	web.Handle(api, operation(web.Operation{
		ID: "listSessions", Method: http.MethodGet, Path: "/api/v1/auth/sessions",
		Summary: "List where the caller is signed in", Description: "The newest first, at most 100: an account has no more.",
	}), h.listSessions)
	web.Handle(api, operation(web.Operation{
		ID: "endSession", Method: http.MethodDelete, Path: "/api/v1/auth/sessions/{id}", Status: http.StatusNoContent,
		Summary:     "End one of the caller's sessions",
		Description: "Its tokens are refused from now on, everywhere. Ending it again does nothing.",
		Errors:      []*errs.Error{auth.ErrSessionNotFound},
	}), h.endSession)
	web.Handle(api, operation(web.Operation{
		ID: "logout", Method: http.MethodPost, Path: "/api/v1/auth/logout", Status: http.StatusNoContent,
		Summary: "End the caller's session", Description: "All tokens of this sign-in are refused from now on.",
	}), h.logout)
	web.Handle(api, operation(web.Operation{
		ID: "logoutAll", Method: http.MethodPost, Path: "/api/v1/auth/logout-all", Status: http.StatusNoContent,
		Summary: "End all sessions of the caller's account", Description: "This one too.",
	}), h.logoutAll)
}

// originOf returns where a request comes from.
func originOf(c *fiber.Ctx) auth.Origin {
	o := auth.Origin{
		Device:    auth.DeviceOf(c.Get(fiber.HeaderUserAgent)),
		RequestID: web.RequestID(c.UserContext()),
	}
	if address := web.ClientAddress(c); address.IsValid() {
		o.Address = address.String()
	}
	return o
}

type session struct {
	ID         string `json:"id"           format:"uuid"`
	Device     string `json:"device"       doc:"What the device said of itself when it signed in; may be empty"`
	Address    string `json:"address"      doc:"Where the sign-in came from; may be empty"`
	CreatedAt  string `json:"created_at"   format:"date-time"`
	LastUsedAt string `json:"last_used_at" format:"date-time" doc:"When its tokens were last refreshed"`
	Current    bool   `json:"current"      doc:"Whether the request belongs to it"`
}

type sessions struct {
	Items []session `json:"items"`
}

func (h handlers) listSessions(c *fiber.Ctx, _ web.Empty) (sessions, error) {
	caller, _ := token.CallerOf(c.UserContext())
	found, err := h.svc.SessionsOf(c.UserContext(), auth.AccountID(caller.Account))
	if err != nil {
		return sessions{}, err
	}
	list := sessions{Items: make([]session, 0, len(found))}
	for _, s := range found {
		list.Items = append(list.Items, session{
			ID: string(s.ID), Device: s.Device, Address: s.Address,
			CreatedAt: formatTime(s.SignedInAt), LastUsedAt: formatTime(s.RotatedAt),
			Current: string(s.ID) == caller.Session,
		})
	}
	return list, nil
}

func (h handlers) endSession(c *fiber.Ctx, in struct {
	ID web.ID `path:"id"`
},
) (web.Empty, error) {
	caller, _ := token.CallerOf(c.UserContext())
	why := auth.RevokedElse
	if string(in.ID) == caller.Session {
		why = auth.RevokedLogout
	}
	err := h.svc.EndSession(c.UserContext(), auth.AccountID(caller.Account), auth.SessionID(in.ID), why, originOf(c))
	return web.Empty{}, err
}

func (h handlers) logout(c *fiber.Ctx, _ web.Empty) (web.Empty, error) {
	caller, _ := token.CallerOf(c.UserContext())
	err := h.svc.Logout(c.UserContext(), auth.AccountID(caller.Account), auth.SessionID(caller.Session), originOf(c))
	return web.Empty{}, err
}

func (h handlers) logoutAll(c *fiber.Ctx, _ web.Empty) (web.Empty, error) {
	caller, _ := token.CallerOf(c.UserContext())
	return web.Empty{}, h.svc.LogoutAll(c.UserContext(), auth.AccountID(caller.Account), originOf(c))
}
