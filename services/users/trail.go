package users

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
)

// ErrTrailBroken means that the audit trail is not what was written.
var ErrTrailBroken = errors.New("the audit trail is not what was written")

const (
	saltSize   = 32
	trailBatch = 500 // rows read at once

	// What hashes of either kind begin with, so that none passes for the other.
	digestOf = "stockroom users audit values v1"
	hashOf   = "stockroom users audit row v1"
)

// Trail says how far an audit trail was found to be what was written.
type Trail struct {
	Rows  int
	Older int    // of them older than the chain: nothing vouches for these
	Seq   int64  // of the last row
	Hash  []byte // of the last row, and so of all of them
}

// VerifyTrail reads the whole audit trail and fails with ErrTrailBroken if a row
// was changed, put in or taken out, or if personal values are missing in an
// account that was not erased. That the last rows are gone, or that somebody has
// made all hashes anew, shows only by a hash that was noted down earlier: that of
// a row never changes.
func (s *Service) VerifyTrail(ctx context.Context) (Trail, error) {
	v := verification{missing: map[AccountID]int64{}}
	for {
		rows, err := s.store.Trail(ctx, v.Seq, trailBatch)
		if err != nil {
			return v.Trail, err
		}
		for _, e := range rows {
			if err := v.take(e); err != nil {
				return v.Trail, err
			}
		}
		if len(rows) == 0 {
			return v.Trail, v.end()
		}
	}
}

type verification struct {
	Trail
	missing map[AccountID]int64 // whose personal values are not there: the last such row
}

// take looks at the next row.
func (v *verification) take(e Entry) error {
	chained := len(e.Hash) != 0
	switch {
	case e.Seq <= v.Seq:
		return broken(e.Seq, "is out of order")
	case !chained && v.Hash != nil:
		return broken(e.Seq, "has no hash")
	case chained && !bytes.Equal(e.Hash, e.hash(v.Hash)):
		return broken(e.Seq, "does not follow from the one before")
	case chained && e.Personal != nil && !bytes.Equal(e.Digest, e.Personal.digest()):
		return broken(e.Seq, "has other personal values than were written")
	}
	v.Rows, v.Seq, v.Hash = v.Rows+1, e.Seq, e.Hash
	if !chained {
		v.Older++
		return nil
	}
	if len(e.Digest) != 0 && e.Personal == nil {
		v.missing[e.Account] = e.Seq
	}
	if e.Action == ActionErase {
		delete(v.missing, e.Account) // values of earlier rows went with it, and its own
	}
	return nil
}

func (v *verification) end() error {
	for _, seq := range v.missing {
		return broken(seq, "lacks personal values that nobody has erased")
	}
	return nil
}

func broken(seq int64, how string) error {
	return fmt.Errorf("%w: row %d %s", ErrTrailBroken, seq, how)
}

func (p PersonalValues) digest() []byte {
	h := sha256.New()
	write(h, digestOf, string(p.Salt))
	writeValues(h, p.Before)
	writeValues(h, p.After)
	return h.Sum(nil)
}

// hash covers everything in the row but the personal values, for which their
// digest stands.
func (e Entry) hash(previous []byte) []byte {
	h := sha256.New()
	write(h, hashOf, string(previous), strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(time.RFC3339Nano),
		string(e.Account), string(e.Actor), string(e.Origin), string(e.Action), e.RequestID)
	writeValues(h, e.Before)
	writeValues(h, e.After)
	write(h, string(e.Digest))
	return h.Sum(nil)
}

func writeValues(h hash.Hash, v Values) {
	write(h, strconv.Itoa(len(v)))
	for _, name := range slices.Sorted(maps.Keys(v)) {
		write(h, name, fmt.Sprintf("%T %v", v[name], v[name]))
	}
}

// write adds texts with their lengths, so that no two lists of them are the same
// bytes.
func write(h hash.Hash, texts ...string) {
	for _, text := range texts {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text)))) // hashes take everything
		_, _ = io.WriteString(h, text)
	}
}
