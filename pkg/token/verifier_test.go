package token_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
)

func TestGoodTokenSaysWhoCalls(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	v := token.NewVerifier(i.Config())
	claims := tokentest.Claims(uuid.NewString(), "admin")

	for range 2 { // the second time it is remembered
		got, err := v.Verify(t.Context(), i.Sign(t, claims))

		require.NoError(t, err)
		require.Equal(t, token.Caller{
			Account: claims.Subject, Session: claims.Session, Role: "admin",
			SignedInAt: claims.SignedInAt.UTC(), ExpiresAt: claims.ExpiresAt.UTC(),
		}, got)
	}
}

func TestClaimsThatAreRefused(t *testing.T) {
	t.Parallel()

	at := func(d time.Duration) *jwt.NumericDate { return jwt.NewNumericDate(time.Now().Add(d)) }
	for name, tt := range map[string]struct {
		change func(*token.Claims)
		want   error
	}{
		"NoExpiry":        {func(c *token.Claims) { c.ExpiresAt = nil }, token.ErrInvalid},
		"ZeroExpiry":      {func(c *token.Claims) { c.ExpiresAt = jwt.NewNumericDate(time.Unix(0, 0)) }, token.ErrInvalid},
		"Expired":         {func(c *token.Claims) { c.IssuedAt, c.ExpiresAt = at(-6*time.Minute), at(-time.Minute) }, token.ErrExpired},
		"BarelyExpired":   {func(c *token.Claims) { c.IssuedAt, c.ExpiresAt = at(-5*time.Minute), at(-6*time.Second) }, token.ErrExpired},
		"ForTooLong":      {func(c *token.Claims) { c.ExpiresAt = at(time.Hour) }, token.ErrInvalid},
		"NoIssueTime":     {func(c *token.Claims) { c.IssuedAt = nil }, token.ErrInvalid},
		"IssuedTomorrow":  {func(c *token.Claims) { c.IssuedAt, c.ExpiresAt = at(24*time.Hour), at(24*time.Hour+time.Minute) }, token.ErrInvalid},
		"NotYetValid":     {func(c *token.Claims) { c.NotBefore = at(time.Minute) }, token.ErrInvalid},
		"NoIssuer":        {func(c *token.Claims) { c.Issuer = "" }, token.ErrInvalid},
		"OtherIssuer":     {func(c *token.Claims) { c.Issuer = "somebody" }, token.ErrInvalid},
		"NoAudience":      {func(c *token.Claims) { c.Audience = nil }, token.ErrInvalid},
		"OtherAudience":   {func(c *token.Claims) { c.Audience = jwt.ClaimStrings{"somebody"} }, token.ErrInvalid},
		"NoSubject":       {func(c *token.Claims) { c.Subject = "" }, token.ErrInvalid},
		"SubjectNoUUID":   {func(c *token.Claims) { c.Subject = "1 or 1=1" }, token.ErrInvalid},
		"SubjectInCaps":   {func(c *token.Claims) { c.Subject = strings.ToUpper(uuid.NewString()) }, token.ErrInvalid},
		"NoSession":       {func(c *token.Claims) { c.Session = "" }, token.ErrInvalid},
		"NoRole":          {func(c *token.Claims) { c.Role = "" }, token.ErrInvalid},
		"NoAuthzVersion":  {func(c *token.Claims) { c.AuthzVersion = nil }, token.ErrInvalid},
		"NoSignInTime":    {func(c *token.Claims) { c.SignedInAt = nil }, token.ErrInvalid},
		"TooLong":         {func(c *token.Claims) { c.Role = strings.Repeat("r", 4<<10) }, token.ErrInvalid},
		"NoID":            {func(c *token.Claims) { c.ID = "" }, token.ErrInvalid},
		"ExpiredAndOther": {func(c *token.Claims) { c.IssuedAt, c.ExpiresAt, c.Issuer = at(-6*time.Minute), at(-time.Minute), "x" }, token.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := tokentest.New(t)
			claims := tokentest.Claims(uuid.NewString(), "admin")
			tt.change(&claims)

			_, err := token.NewVerifier(i.Config()).Verify(t.Context(), i.Sign(t, claims))

			require.ErrorIs(t, err, tt.want)
		})
	}
}

// part encodes one part of a token.
func part(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(data)
}

// sign returns a token with a header of any kind.
func sign(t *testing.T, i *tokentest.Issuer, header map[string]any) string {
	t.Helper()
	body := part(t, header) + "." + part(t, tokentest.Claims(uuid.NewString(), "admin"))
	return body + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(i.Key, []byte(body)))
}

func TestHeadersThatAreRefused(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(h map[string]any){
		"NoType":          func(h map[string]any) { delete(h, "typ") },
		"PlainJWT":        func(h map[string]any) { h["typ"] = "JWT" },
		"TypeOfOtherKind": func(h map[string]any) { h["typ"] = 1 },
		"NoKid":           func(h map[string]any) { delete(h, "kid") },
		"KidOfOtherKind":  func(h map[string]any) { h["kid"] = []string{"a"} },
		"OtherKid":        func(h map[string]any) { h["kid"] = "another" },
		"UnknownCritical": func(h map[string]any) { h["crit"] = []string{"exp"} },
		"EmptyCritical":   func(h map[string]any) { h["crit"] = nil },
		"NoAlgorithm":     func(h map[string]any) { delete(h, "alg") },
		"AlgorithmNone":   func(h map[string]any) { h["alg"] = "none" },
		"AlgorithmHS256":  func(h map[string]any) { h["alg"] = "HS256" },
		"AlgorithmRS256":  func(h map[string]any) { h["alg"] = "RS256" },
		"AlgorithmES256":  func(h map[string]any) { h["alg"] = "ES256" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := tokentest.New(t)
			v := token.NewVerifier(i.Config())
			header := map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": i.Kid}
			_, err := v.Verify(t.Context(), sign(t, i, header))
			require.NoError(t, err, "it is good before")
			change(header)

			_, err = v.Verify(t.Context(), sign(t, i, header))

			require.ErrorIs(t, err, token.ErrInvalid)
		})
	}
}

func TestOtherAlgorithmsCannotBorrowTheKey(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	v := token.NewVerifier(i.Config())
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)

	for name, tt := range map[string]struct {
		method jwt.SigningMethod
		key    any
	}{
		"None":                  {jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType},
		"HMACOfThePublicKey":    {jwt.SigningMethodHS256, []byte(i.Key.Public().(ed25519.PublicKey))},
		"RSA":                   {jwt.SigningMethodRS256, rsaKey},
		"AnotherKeyOfSameKind":  {jwt.SigningMethodEdDSA, tokentest.New(t).Key},
		"HMACOfTheEncodedKey":   {jwt.SigningMethodHS512, []byte(token.JWKOf(i.Kid, i.Key.Public().(ed25519.PublicKey)).X)},
		"HMACOfNothing":         {jwt.SigningMethodHS256, []byte{}},
		"HMACOfTheIdentityOfIt": {jwt.SigningMethodHS384, []byte(i.Kid)},
	} {
		made := jwt.NewWithClaims(tt.method, tokentest.Claims(uuid.NewString(), "admin"))
		made.Header["typ"], made.Header["kid"] = token.Type, i.Kid
		raw, err := made.SignedString(tt.key)
		require.NoError(t, err, name)

		_, err = v.Verify(t.Context(), raw)

		require.ErrorIs(t, err, token.ErrInvalid, name)
	}
}

func TestOtherSpellingsOfAGoodTokenAreRefused(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	v := token.NewVerifier(i.Config())
	raw := i.Token(t, uuid.NewString(), "admin")
	_, err := v.Verify(t.Context(), raw)
	require.NoError(t, err)
	// The last character of 64 bytes holds four bits that mean nothing.
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, raw[len(raw)-1])

	for name, spelling := range map[string]string{
		"BitsThatMeanNothing": raw[:len(raw)-1] + string(alphabet[last^1]),
		"Padding":             raw + "==",
		"LineBreak":           raw[:10] + "\n" + raw[10:],
		"CarriageReturn":      raw + "\r",
		"Blank":               raw[:10] + " " + raw[10:],
		"FourParts":           raw + ".",
		"TwoParts":            raw[:strings.LastIndexByte(raw, '.')],
		"StandardAlphabet":    strings.NewReplacer("-", "+", "_", "/").Replace(raw) + "+",
		"Nothing":             "",
		"Dots":                "..",
		"TooLong":             raw + strings.Repeat("A", 4<<10),
	} {
		_, err := v.Verify(t.Context(), spelling)
		require.ErrorIs(t, err, token.ErrInvalid, name)
	}
}

func TestRememberedTokenExpires(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	var ahead atomic.Int64
	cfg := i.Config()
	cfg.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	v := token.NewVerifier(cfg)
	raw := i.Token(t, uuid.NewString(), "user")
	_, err := v.Verify(t.Context(), raw)
	require.NoError(t, err)

	ahead.Store(int64(5*time.Minute + 5*time.Second))
	_, err = v.Verify(t.Context(), raw)

	require.ErrorIs(t, err, token.ErrExpired)
}

func BenchmarkVerify(b *testing.B) {
	i := tokentest.New(b)
	v := token.NewVerifier(i.Config())
	raw := i.Token(b, uuid.NewString(), "user")
	for b.Loop() {
		if _, err := v.Verify(b.Context(), raw); err != nil {
			b.Fatal(err)
		}
	}
}
