package httpapi

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

// MountOperator adds to the internal api what is done in the name of whoever runs
// the system.
func MountOperator(api *web.API, svc *auth.Service) {
	h := handlers{svc: svc}
	web.Handle(api, web.Operation{
		ID: "createAdmin", Method: http.MethodPost, Path: "/internal/v1/admins", Status: http.StatusCreated,
		Tag: "operator", Summary: "Register an administrator", Deadline: hashing,
		Errors: []*errs.Error{auth.ErrEmailTaken, auth.ErrUsernameTaken, auth.ErrOverloaded},
	}, h.createAdmin)
	web.Handle(api, web.Operation{
		ID: "setPassword", Method: http.MethodPost, Path: "/internal/v1/accounts/password",
		Tag: "operator", Summary: "Give an account another password, and end all its sessions", Deadline: hashing,
		Errors: []*errs.Error{auth.ErrAccountNotFound, auth.ErrCredentialNotFound, auth.ErrCredentialChanged, auth.ErrOverloaded},
	}, h.setPassword)
}

type newAdmin struct {
	Body struct {
		Email    string `json:"email"`
		Username string `json:"username"`
		Password string `json:"password" format:"password"`
	}
}

func (h handlers) createAdmin(c *fiber.Ctx, in newAdmin) (account, error) {
	a, err := h.svc.CreateAdmin(c.UserContext(), auth.Registration(in.Body))
	return accountOf(a), err
}

type passwordOf struct {
	Body struct {
		Username string `json:"username" doc:"In any letter case"`
		Password string `json:"password" format:"password"`
	}
}

func (h handlers) setPassword(c *fiber.Ctx, in passwordOf) (account, error) {
	a, err := h.svc.SetPassword(c.UserContext(), in.Body.Username, in.Body.Password)
	return accountOf(a), err
}
