package token

import (
	"context"
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func (v *Verifier) verify(ctx context.Context, raw string) (verdict, error) {
	if len(raw) > maxToken || !canonical(raw) {
		return verdict{}, ErrInvalid
	}
	var (
		claims Claims
		found  verdict
	)
	_, err := v.parser.ParseWithClaims(raw, &claims, func(t *jwt.Token) (any, error) {
		kid, err := headerKey(t.Header)
		if err != nil {
			return nil, err
		}
		found.kid = kid
		found.key, err = v.keys.find(ctx, kid)
		return found.key, err
	})
	if err != nil {
		return verdict{}, refusal(err)
	}
	found.raw, found.caller = raw, claims.caller()
	return found, nil
}

var errHeader = errors.New("header is not that of an access token")

// headerKey returns the kid of a header that is what Sign writes. golang-jwt
// itself reads nothing of a header but alg.
func headerKey(h map[string]any) (string, error) {
	kid, _ := h["kid"].(string)
	_, critical := h["crit"]
	if h["typ"] != Type || kid == "" || critical {
		return "", errHeader
	}
	return kid, nil
}

// canonical tells whether raw consists of the characters of a JWT only. The
// decoder of base64 skips line breaks, so one token would have many spellings.
func canonical(raw string) bool {
	for i := range len(raw) {
		switch c := raw[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}

// otherThanExpired are what else can be wrong with the claims of a token.
var otherThanExpired = []error{
	jwt.ErrTokenInvalidIssuer, jwt.ErrTokenInvalidAudience, jwt.ErrTokenUsedBeforeIssued,
	jwt.ErrTokenNotValidYet, jwt.ErrTokenRequiredClaimMissing, errClaims,
}

// refusal turns an error of the parser into one for clients: which does not
// tell what exactly is wrong, except that a good token got old.
func refusal(err error) error {
	if errors.Is(err, ErrUnavailable) {
		return ErrUnavailable.After(time.Second)
	}
	if !errors.Is(err, jwt.ErrTokenExpired) {
		return ErrInvalid
	}
	for _, other := range otherThanExpired {
		if errors.Is(err, other) {
			return ErrInvalid
		}
	}
	return ErrExpired
}
