package token

import (
	"bytes"
	"context"
	"hash/maphash"
)

// Last is the last token that came over a connection, and what was found of it:
// the next one is hardly ever another. The zero value is none. It is for one
// request at a time.
type Last struct {
	sum    uint64 // of the header
	header []byte
	found  verdict
}

// Identify returns who the Authorization headers of a request speak for, if
// neither their session nor their rights have ended. It fails as [Gate.Admit]
// does for an operation that anybody may call who is signed in.
func (v *Verifier) Identify(ctx context.Context, authorization [][]byte, changes bool, last *Last) (Caller, error) {
	if len(authorization) != 1 || !v.knows(last, authorization[0]) {
		if err := v.look(ctx, authorization, last); err != nil {
			return Caller{}, err
		}
	}
	caller := last.found.caller
	stale, err := v.ended(ctx, caller, !changes)
	if err == nil {
		err = stale
	}
	if err != nil {
		return Caller{}, err
	}
	return caller, nil
}

// knows reports whether last is of this header, and stands. Sums are compared
// first: connections may be shared by proxies, and how long it takes to find that
// a token is another one must not tell how much of it is the same.
func (v *Verifier) knows(last *Last, header []byte) bool {
	return last.header != nil && maphash.Bytes(v.seed, header) == last.sum && bytes.Equal(header, last.header) && v.stands(last.found)
}

// look makes last that of the headers.
func (v *Verifier) look(ctx context.Context, authorization [][]byte, last *Last) error {
	*last = Last{}
	values := make([]string, 0, len(authorization))
	for _, value := range authorization {
		values = append(values, string(value))
	}
	raw, err := bearer(values)
	if err != nil {
		return err
	}
	found, err := v.authenticate(ctx, raw)
	if err != nil {
		return err
	}
	header := bytes.Clone(authorization[0])
	*last = Last{maphash.Bytes(v.seed, header), header, found}
	return nil
}
