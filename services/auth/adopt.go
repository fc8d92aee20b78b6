package auth

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Foreign is the secret side of an account as another system has it.
type Foreign struct {
	ID        string
	Twin      bool   // another row has this id in another letter case
	Hash      string // empty if it is missing there
	CreatedAt time.Time
}

// Adopted says what became of a [Foreign]. If it was neither added nor refused,
// the account has a credential already, and keeps it.
type Adopted struct {
	Added   bool
	Refused string // why; empty if it was not
	Changed string // how it differs from what it was there; empty if it does not
}

// NoAccount is why a credential is refused whose account users has not taken.
const NoAccount = "users has no such account: import the accounts first, or see why this one was refused"

// Known returns which of ids are those of accounts, deleted ones included. It is
// asked about as many as are adopted at once.
type Known func(ctx context.Context, ids []AccountID) ([]AccountID, error)

// Adoption takes over the password hashes of another system, for accounts that
// users has taken already.
type Adoption struct {
	Credentials Credentials
	Known       Known
	Usable      func(hash string) bool // by the [Hasher], as it is
	Rehearse    bool                   // store nothing, and answer as if it were
}

// Adopt takes over credentials in one step, and says what became of each. Every
// account gets one: where the hash is of no use nothing matches, until the
// password is reset. It may be repeated.
func (a *Adoption) Adopt(ctx context.Context, rows []Foreign) ([]Adopted, error) {
	known, err := a.known(ctx, rows)
	if err != nil {
		return nil, err
	}
	adopted := make([]Adopted, len(rows))
	var credentials []Credential
	var places []int // of the credentials in rows
	for i, row := range rows {
		id := row.account()
		if row.Twin || !known[id] {
			adopted[i].Refused = NoAccount
			continue
		}
		if !a.Usable(row.Hash) {
			row.Hash, adopted[i].Changed = "", "hashed_password: is no bcrypt hash that can be used; nobody can sign in until it is reset"
		}
		credentials = append(credentials, Credential{Account: id, Hash: row.Hash, CreatedAt: row.CreatedAt})
		places = append(places, i)
	}
	if len(credentials) == 0 {
		return adopted, nil
	}
	added, err := a.Credentials.Adopt(ctx, credentials, a.Rehearse)
	if err != nil {
		return nil, err
	}
	for i, yes := range added {
		adopted[places[i]].Added = yes
	}
	return adopted, nil
}

func (a *Adoption) known(ctx context.Context, rows []Foreign) (map[AccountID]bool, error) {
	ids := make([]AccountID, 0, len(rows))
	for _, row := range rows {
		if id := row.account(); id != "" {
			ids = append(ids, id)
		}
	}
	found, err := a.Known(ctx, ids)
	if err != nil {
		return nil, err
	}
	known := make(map[AccountID]bool, len(found))
	for _, id := range found {
		known[id] = true
	}
	return known, nil
}

// account returns whose it is, or an empty id.
func (f Foreign) account() AccountID {
	id := strings.ToLower(f.ID)
	if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
		return ""
	}
	return AccountID(id)
}
