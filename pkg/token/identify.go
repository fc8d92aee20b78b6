package token

import (
	"bytes"
	"context"
	"hash/maphash"
)

// Identify returns who the Authorization headers of a request speak for, if
// neither their session nor their rights have ended. It fails as [Gate.Admit]
// does for what anybody may call who is signed in.
func (v *Verifier) Identify(ctx context.Context, authorization [][]byte, changes bool) (Caller, error) {
	found, err := v.find(ctx, authorization)
	if err != nil {
		return Caller{}, err
	}
	stale, err := v.ended(ctx, found.caller, !changes)
	if err == nil {
		err = stale
	}
	if err != nil {
		return Caller{}, err
	}
	return found.caller, nil
}

// find returns the verdict on the token of a request. One that is known is found
// without making a string of the header.
func (v *Verifier) find(ctx context.Context, authorization [][]byte) (verdict, error) {
	if len(authorization) == 1 {
		if raw, ok := bytes.CutPrefix(authorization[0], []byte("Bearer ")); ok {
			if found, ok := v.known(maphash.Bytes(v.seed, raw)); ok && found.raw == string(raw) {
				return found, nil
			}
		}
	}
	values := make([]string, 0, len(authorization))
	for _, value := range authorization {
		values = append(values, string(value))
	}
	raw, err := bearer(values)
	if err != nil {
		return verdict{}, err
	}
	return v.authenticate(ctx, raw)
}
