// Package httpapi is what auth shows to clients, and to other services.
package httpapi

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

// hashing is the deadline of operations that may wait for their turn to hash.
const hashing = 15 * time.Second

type handlers struct {
	svc    *auth.Service
	gate   web.Gate
	issuer Issuer
	rights Rights
}

// Mount adds the public operations to api, which has that gate.
func Mount(api *web.API, svc *auth.Service, gate web.Gate, issuer Issuer) {
	h := handlers{svc: svc, gate: gate, issuer: issuer}
	mountSessions(api, h)
	mountIssuer(api, h)
	noStore := map[string]string{fiber.HeaderCacheControl: "no-store: tokens are for the caller only"}

	web.Handle(api, operation(web.Operation{
		ID: "register", Method: http.MethodPost, Path: "/api/v1/auth/register",
		Summary: "Register an account", Status: http.StatusCreated, Deadline: hashing,
		Errors:  []*errs.Error{auth.ErrEmailTaken, auth.ErrUsernameTaken, auth.ErrOverloaded},
		Headers: map[string]string{fiber.HeaderLocation: "Where the account is"},
	}), h.register)
	web.Handle(api, operation(web.Operation{
		ID: "login", Method: http.MethodPost, Path: "/api/v1/auth/login",
		Summary: "Sign in with the OAuth 2.0 password form", Deadline: hashing, Headers: noStore,
		Errors:     []*errs.Error{auth.ErrInvalidCredentials, auth.ErrEmailUnverified, auth.ErrLoginThrottled, auth.ErrOverloaded},
		MediaTypes: []string{fiber.MIMEApplicationForm, fiber.MIMEMultipartForm},
	}), h.login)
	web.Handle(api, operation(web.Operation{
		ID: "loginJSON", Method: http.MethodPost, Path: "/api/v1/auth/login/json",
		Summary: "Sign in", Deadline: hashing, Headers: noStore,
		Errors: []*errs.Error{auth.ErrInvalidCredentials, auth.ErrEmailUnverified, auth.ErrLoginThrottled, auth.ErrOverloaded},
	}), h.loginJSON)
	web.Handle(api, operation(web.Operation{
		ID: "refresh", Method: http.MethodPost, Path: "/api/v1/auth/refresh",
		Summary:     "Exchange a refresh token for new tokens",
		Description: "A refresh token is good for one use. Using it again later ends the session.",
		Headers:     noStore, Errors: []*errs.Error{auth.ErrInvalidRefreshToken, auth.ErrSessionRevoked},
	}), h.refresh)
	web.Handle(api, operation(web.Operation{
		ID: "me", Method: http.MethodGet, Path: "/api/v1/auth/me",
		Summary: "Show the caller's account", Errors: []*errs.Error{auth.ErrSessionRevoked},
	}), h.me)
	mountPasswords(api, h, noStore)
	mountEmails(api, h)
}

// operation completes op with what all operations of auth share.
func operation(op web.Operation) web.Operation {
	who, ok := access[op.ID]
	if !ok {
		panic(fmt.Sprintf("httpapi: nobody may call %s", op.ID))
	}
	op.Access, op.Tag = who, "auth"
	return op
}

func (h handlers) register(c *fiber.Ctx, in struct{ Body registration }) (account, error) {
	made, err := h.svc.Register(c.UserContext(), in.Body.registration())
	if err != nil {
		return account{}, err
	}
	c.Set(fiber.HeaderLocation, "/api/v1/users/"+string(made.ID))
	return accountOf(made), nil
}

func (h handlers) login(c *fiber.Ctx, in struct{ Body passwordForm }) (tokens, error) {
	return h.signIn(c, in.Body.Username, in.Body.Password)
}

func (h handlers) loginJSON(c *fiber.Ctx, in struct{ Body login }) (tokens, error) {
	return h.signIn(c, in.Body.Username, in.Body.Password)
}

func (h handlers) signIn(c *fiber.Ctx, username, password string) (tokens, error) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	made, err := h.svc.Login(c.UserContext(), username, password, originOf(c))
	if err != nil {
		return tokens{}, err
	}
	return tokensOf(made), nil
}

func (h handlers) refresh(c *fiber.Ctx, in struct{ Body refresh }) (tokens, error) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	made, err := h.svc.Refresh(c.UserContext(), in.Body.RefreshToken, originOf(c))
	if err != nil {
		return tokens{}, err
	}
	return tokensOf(made), nil
}

func (h handlers) me(c *fiber.Ctx, _ web.Empty) (account, error) {
	caller, _ := token.CallerOf(c.UserContext())
	found, err := h.svc.Account(c.UserContext(), auth.AccountID(caller.Account))
	if err != nil {
		return account{}, err
	}
	return accountOf(found), nil
}
