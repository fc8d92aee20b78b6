package httpapi

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

type verificationWish struct {
	Body *struct {
		Email web.Optional[string] `json:"email" maxLength:"320" doc:"For whoever cannot sign in before; in any letter case"`
	}
}

type verification struct {
	Token string `json:"token" doc:"From the mail; good within a day"`
}

func mountEmails(api *web.API, h handlers) {
	web.Handle(api, operation(web.Operation{
		ID: "askToVerifyEmail", Method: http.MethodPost, Path: "/api/v1/auth/email-verification", Status: http.StatusAccepted,
		Summary: "Ask for a mail with which an email is verified",
		Description: "Without a body it is about the caller, who has to be signed in. With an email nobody has to be, as it may be needed for signing in; " +
			"the answer is the same whether or not there is such an account. An account gets at most three such mails within an hour. " +
			"An installation that sends no mail answers 503, for every email.",
		Errors: []*errs.Error{web.ErrUnauthenticated, auth.ErrSessionRevoked, auth.ErrNoMail},
	}), h.askToVerifyEmail)
	web.Handle(api, operation(web.Operation{
		ID: "verifyEmail", Method: http.MethodPost, Path: "/api/v1/auth/email-verification/confirm",
		Summary:     "Verify an email",
		Description: "A token that is wrong, was used or is too old is refused at /token, and so is one for an email that the account has no more.",
	}), h.verifyEmail)
}

func (h handlers) askToVerifyEmail(c *fiber.Ctx, in verificationWish) (web.Empty, error) {
	ctx := c.UserContext()
	if in.Body != nil && in.Body.Email.Set {
		return web.Empty{}, h.svc.AskForVerificationOf(ctx, in.Body.Email.Value)
	}
	ctx, err := h.gate.Admit(ctx, authorization(c), web.SignedIn, true, nil)
	if err != nil {
		return web.Empty{}, err
	}
	caller, _ := token.CallerOf(ctx)
	return web.Empty{}, h.svc.AskForVerification(ctx, auth.AccountID(caller.Account))
}

// authorization returns copies of all such headers: a gate refuses several.
func authorization(c *fiber.Ctx) (values []string) {
	for _, v := range c.Request().Header.PeekAll(fiber.HeaderAuthorization) {
		values = append(values, string(v))
	}
	return values
}

func (h handlers) verifyEmail(c *fiber.Ctx, in struct{ Body verification }) (web.Empty, error) {
	return web.Empty{}, h.svc.VerifyEmail(c.UserContext(), in.Body.Token)
}
