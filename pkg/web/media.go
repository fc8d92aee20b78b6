package web

import (
	"mime"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

const mimeMultipart = fiber.MIMEMultipartForm

// media returns the media type of the body to read, or "" if there is none. It
// fails unless the body is one that the operation takes, sent as it is: what
// could be a compressed one is never inflated.
func (b *binder) media(c *fiber.Ctx) (string, error) {
	header := &c.Request().Header
	for _, encoding := range header.PeekAll(fiber.HeaderContentEncoding) {
		if !strings.EqualFold(strings.TrimSpace(string(encoding)), "identity") {
			return "", ErrMediaType.Because("Bodies must be sent without Content-Encoding.")
		}
	}
	if b.body == nil {
		return "", nil
	}
	sent := string(header.ContentType())
	if len(c.Request().Body()) == 0 && (sent == "" || b.body.optional) {
		if b.body.optional {
			return "", nil
		}
		return b.body.media[0], nil // nothing at all is said to be missing later on
	}
	media, params, err := mime.ParseMediaType(sent)
	if err != nil || !slices.Contains(b.body.media, media) || !utf8Only(params) {
		return "", ErrMediaType.Because("The body must be %s.", strings.Join(b.body.media, " or "))
	}
	return media, nil
}

func utf8Only(params map[string]string) bool {
	charset, ok := params["charset"]
	return !ok || strings.EqualFold(charset, "utf-8")
}
