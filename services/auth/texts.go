package auth

import "strings"

// TokenMark stands for the token in the links of [Texts].
const TokenMark = "{token}"

// Texts says where the links in mails lead: to pages that ask for what is
// needed and send it here with the token. Without a link a mail has the token
// alone.
type Texts struct {
	ResetURL  string // with TokenMark in it, or empty
	VerifyURL string
}

// mail writes a letter. Nothing in it comes from whoever asked for it, as they
// may not be who gets it.
func (t Texts) mail(l Letter, token string) Mail {
	m := Mail{ID: string(l.ID), To: l.Email}
	if l.Purpose == PurposeReset {
		m.Subject = "Set a new password"
		m.Text = "Somebody, probably you, wants to set a new password for your account.\n\n" +
			way(t.ResetURL, token, "an hour") +
			"If it was not you, do nothing: the password stays as it is.\n"
		return m
	}
	m.Subject = "Confirm your email address"
	m.Text = "Somebody, probably you, has given this email address for their account.\n\n" +
		way(t.VerifyURL, token, "a day") +
		"If it was not you, do nothing: the address stays unconfirmed.\n"
	return m
}

func way(link, token, within string) string {
	if link == "" {
		return "This is the code for it, good for " + within + " and for one use:\n\n" + token + "\n\n"
	}
	return "Open this link within " + within + "; it works once:\n\n" + strings.ReplaceAll(link, TokenMark, token) + "\n\n"
}
