package token_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
	"stockroom/pkg/web"
)

// Nobody gets in but by the one spelling of a token that was signed.
func FuzzAuthorization(f *testing.F) {
	i := tokentest.New(f)
	good := i.Token(f, "0190f3a1-7a00-7000-8000-000000000001", "user")
	gate := token.NewGate(running(f, i.Config()), nil)
	f.Add("Bearer ", 0, 0, "")
	f.Add("bearer  ", 3, 1, "=")
	f.Add("Bearer ", 500, 2, "")
	f.Add("Basic ", 40, 1, "_")
	// A good token, in which something else stands in the place of some of it.
	f.Fuzz(func(t *testing.T, before string, at, length int, instead string) {
		at = min(max(at, 0), len(good))
		length = min(max(length, 0), len(good)-at)
		header := before + good[:at] + instead + good[at+length:]
		_, err := gate.Admit(t.Context(), []string{header}, web.SignedIn, false, nil)
		scheme, sent, _ := strings.Cut(header, " ")
		require.Equal(t, strings.EqualFold(scheme, "Bearer") && strings.Trim(sent, " ") == good, err == nil, header)
	})
}

// Whatever stands in the document of keys, it opens nothing to those it does not
// name, and what it does name is used.
func FuzzJWKS(f *testing.F) {
	i := tokentest.New(f)
	document, err := i.JWKS(f.Context())
	require.NoError(f, err)
	good := i.Token(f, "0190f3a1-7a00-7000-8000-000000000001", "user")
	f.Add(document)
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"","use":"sig","alg":"EdDSA","x":""}]}`))
	f.Add([]byte(`{"keys":[null,{}]}`))
	kid := strings.Split(strings.SplitAfter(string(document), `"kid":"`)[1], `"`)[0]
	f.Fuzz(func(t *testing.T, document []byte) {
		cfg := i.Config()
		cfg.JWKS = func(context.Context) ([]byte, error) { return document, nil }
		_, err := token.NewVerifier(cfg).Verify(t.Context(), good)
		if err == nil {
			require.Contains(t, string(document), kid)
		}
	})
}
