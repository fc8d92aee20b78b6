// Package foreign is the database of another system, whose accounts and products
// are to be taken over.
package foreign

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit"
)

//go:embed tables.sql
var tables string

//go:embed rows.sql
var rows string

// Password is that of all accounts, and hash what is kept of it over there.
const (
	Password = "Correct-Horse-7"
	hash     = "$2b$04$j9g0qF8rtdvP2xy4NXczvuv4Nd8RKNowRmEA8T/viSDPh8odOtpx2"
)

// New returns the URL of such a database.
func New(tb testing.TB) string {
	tb.Helper()

	url := testkit.PostgresURL(tb)
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	require.NoError(tb, err)
	defer conn.Close(ctx) //nolint:errcheck // nothing depends on a clean goodbye
	for _, script := range []string{tables, strings.ReplaceAll(rows, "$hash", hash)} {
		_, err = conn.Exec(ctx, script)
		require.NoError(tb, err)
	}
	return url
}

// Note is what an import has to say of one row.
type Note struct {
	Table, ID string
	Refused   bool
	Reason    string
}

// Accounts are the notes about the rows of users that are no accounts as they are.
func Accounts() []Note {
	return []Note{
		{"users", "7d1c2a4e-0000-4000-8000-000000000003", true, "username: another account has it, in whatever letter case"},
		{"users", "7d1c2a4e-0000-4000-8000-000000000004", true, "email: another account has it, in whatever letter case"},
		{"users", "7d1c2a4e-0000-4000-8000-000000000006", true, "username: is empty"},
		{"users", "7d1c2a4e-0000-4000-8000-000000000007", false, "email: blanks around it removed; username: blanks around it removed"},
		{"users", "7D1C2A4E-0000-4000-8000-000000000008", false, "id: written in lower case"},
		{"users", "7D1C2A4E-0000-4000-8000-00000000000A", true, "id: another row has it in another letter case"},
		{"users", "eleven", true, "id: is no UUID"},
		{"users", "7d1c2a4e-0000-4000-8000-00000000000d", true, "username: another account has it, in whatever letter case"},
		{"users", "7d1c2a4e-0000-4000-8000-000000000010", true, "is_active or is_deleted: is missing"},
		{"users", "7d1c2a4e-0000-4000-8000-000000000011", true, "created_at or updated_at: is missing or no time of the years 1 to 9999"},
		{"users", "7d1c2a4e-0000-4000-8000-000000000012", true, "username: another account has it, in whatever letter case"},
	}
}

// Passwords are the notes about the accounts whose password cannot be taken.
func Passwords() []Note {
	return []Note{{
		"users", "7d1c2a4e-0000-4000-8000-00000000000e", false,
		"hashed_password: is no bcrypt hash that can be used; nobody can sign in until it is reset",
	}}
}

// Orphans are the notes about the passwords of accounts that were refused.
func Orphans() (notes []Note) {
	for _, n := range Accounts() {
		if n.Refused {
			n.Reason = "users has no such account: import the accounts first, or see why this one was refused"
			notes = append(notes, n)
		}
	}
	return notes
}

// Products are the notes about the rows of products that are none as they are.
func Products() []Note {
	return []Note{
		{"products", "9e8d7c6b-0000-4000-8000-000000000004", true, "sku: another product has it"},
		{"products", "9e8d7c6b-0000-4000-8000-000000000005", true, "name: Must have at least 1 characters."},
		{"products", "9e8d7c6b-0000-4000-8000-000000000006", true, "price: Must be between 0 and 99999999.99."},
		{"products", "9e8d7c6b-0000-4000-8000-000000000007", true, "stock: Must be between 0 and 2147483647."},
		{"products", "9e8d7c6b-0000-4000-8000-000000000008", true, "price: Must be a decimal number without sign or exponent."},
		{"products", "9E8D7C6B-0000-4000-8000-00000000000A", false, "id: written in lower case; name: blanks around it removed; category: blanks around it removed"},
		{"products", "9e8d7c6b00004000800000000000000b", true, "id: is no UUID"},
		{"products", "9e8d7c6b-0000-4000-8000-00000000000c", true, "price: is missing"},
		{"products", "9e8d7c6b-0000-4000-8000-00000000000d", true, "sku: another product has it"},
	}
}

// All are the notes of an import of everything.
func All() []Note { return slices.Concat(Accounts(), Passwords(), Products()) }
