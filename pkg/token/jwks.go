package token

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// JWK is one public signing key in the form of RFC 7517 and RFC 8037.
type JWK struct {
	Type      string `json:"kty"`
	Curve     string `json:"crv"`
	ID        string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	X         string `json:"x"`
}

// JWKS is the document under /.well-known/jwks.json.
type JWKS struct {
	Keys []JWK `json:"keys"`
}

// JWKOf returns the published form of a public key.
func JWKOf(kid string, key ed25519.PublicKey) JWK {
	return JWK{
		Type: "OKP", Curve: "Ed25519", ID: kid, Use: "sig", Algorithm: "EdDSA",
		X: base64.RawURLEncoding.EncodeToString(key),
	}
}

// keySet maps kid to key. A set is never changed after it was made.
type keySet map[string]ed25519.PublicKey

var errNoKeys = errors.New("the document holds no usable key")

// parseJWKS reads the keys that tokens may be signed with and skips all others,
// so that a kind of key that is not known yet does no harm.
func parseJWKS(ctx context.Context, fetch func(context.Context) ([]byte, error)) (keySet, error) {
	data, err := fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("fetch signing keys: %w", err)
	}
	var doc JWKS
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	set := make(keySet, len(doc.Keys))
	for _, k := range doc.Keys {
		x, err := base64.RawURLEncoding.Strict().DecodeString(k.X)
		if err != nil || len(x) != ed25519.PublicKeySize || k.ID == "" {
			continue
		}
		if k != JWKOf(k.ID, x) {
			continue
		}
		set[k.ID] = x
	}
	if len(set) == 0 {
		return nil, fmt.Errorf("read signing keys: %w", errNoKeys)
	}
	return set, nil
}
