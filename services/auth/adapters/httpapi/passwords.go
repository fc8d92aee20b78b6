package httpapi

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

type passwordChange struct {
	Current string `json:"current_password" format:"password"`
	New     string `json:"new_password"     format:"password" doc:"8 to 100 characters, with an upper-case letter, a lower-case letter and a digit; not a common one"`
}

type emailOnly struct {
	Email string `json:"email" maxLength:"320" doc:"In any letter case"`
}

type passwordReset struct {
	Token string `json:"token"        doc:"From the mail; good for one use, within an hour"`
	New   string `json:"new_password" format:"password" doc:"8 to 100 characters, with an upper-case letter, a lower-case letter and a digit; not a common one"`
}

func mountPasswords(api *web.API, h handlers, noStore map[string]string) {
	web.Handle(api, operation(web.Operation{
		ID: "changePassword", Method: http.MethodPost, Path: "/api/v1/auth/password",
		Summary:     "Change the caller's password",
		Description: "Ends all other sessions. The one of the caller goes on with the tokens in the answer.",
		Deadline:    hashing, Headers: noStore,
		Errors: []*errs.Error{auth.ErrSessionRevoked, auth.ErrReauthenticationRequired, auth.ErrLoginThrottled, auth.ErrOverloaded},
	}), h.changePassword)
	web.Handle(api, operation(web.Operation{
		ID: "askForReset", Method: http.MethodPost, Path: "/api/v1/auth/password-reset", Status: http.StatusAccepted,
		Summary: "Ask for a mail with which a forgotten password is replaced",
		Description: "The answer is the same whether or not there is such an account. An account gets at most three such mails within an hour. " +
			"An installation that sends no mail answers 503, for every email.",
		Errors: []*errs.Error{auth.ErrNoMail},
	}), h.askForReset)
	web.Handle(api, operation(web.Operation{
		ID: "resetPassword", Method: http.MethodPost, Path: "/api/v1/auth/password-reset/confirm",
		Summary: "Replace a forgotten password",
		Description: "Ends all sessions of the account. A token that is wrong, was used or is too old is refused at /token; " +
			"after a password that is refused it is as good as before.",
		Deadline: hashing, Errors: []*errs.Error{auth.ErrOverloaded},
	}), h.resetPassword)
}

func (h handlers) changePassword(c *fiber.Ctx, in struct{ Body passwordChange }) (tokens, error) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	caller, _ := token.CallerOf(c.UserContext())
	made, err := h.svc.ChangePassword(c.UserContext(), auth.SessionID(caller.Session), in.Body.Current, in.Body.New, originOf(c))
	if err != nil {
		return tokens{}, err
	}
	return tokensOf(made), nil
}

func (h handlers) askForReset(c *fiber.Ctx, in struct{ Body emailOnly }) (web.Empty, error) {
	return web.Empty{}, h.svc.AskForReset(c.UserContext(), in.Body.Email)
}

func (h handlers) resetPassword(c *fiber.Ctx, in struct{ Body passwordReset }) (web.Empty, error) {
	return web.Empty{}, h.svc.ResetPassword(c.UserContext(), in.Body.Token, in.Body.New)
}
