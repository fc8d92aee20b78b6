package httpapi

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/web"
	"stockroom/services/auth"
)

// MountKeys adds to the internal api what is for whoever operates the system.
func MountKeys(api *web.API, ring *auth.Keyring) {
	web.Handle(api, web.Operation{
		ID: "rotateKeys", Method: http.MethodPost, Path: "/internal/v1/keys/rotate",
		Tag: "keys", Summary: "Make a successor of the signing key, unless there is one already",
	}, func(c *fiber.Ctx, _ web.Empty) (signingKey, error) {
		next, err := ring.Rotate(c.UserContext())
		if err != nil {
			return signingKey{}, err
		}
		return signingKey{next.Number, next.ID, formatTime(next.SignsFrom)}, nil
	})
}

type signingKey struct {
	Number    int    `json:"number"     doc:"1, 2, 3 …: each is the successor of the one before"`
	ID        string `json:"kid"`
	SignsFrom string `json:"signs_from" format:"date-time" doc:"Until then it is only published"`
}
