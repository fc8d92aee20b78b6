package standalone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"stockroom/pkg/importing"
	"stockroom/services/auth/authd"
	"stockroom/services/catalog/catalogd"
	"stockroom/services/users/usersd"
)

// Imported says what became of the rows of another system.
type Imported struct{ Accounts, Passwords, Products importing.Result }

// Err returns [importing.ErrPartly] unless all rows were taken as they are.
func (i Imported) Err() error {
	return cmp.Or(i.Accounts.Err(), i.Passwords.Err(), i.Products.Err())
}

// Import takes over the accounts, passwords and products of another system into
// the data below dir, whether a system runs on it or not. All of it is of one
// moment over there. A rehearsal changes nothing. After a failure it may be run
// again.
func Import(ctx context.Context, dir string, source *importing.Source, rehearse bool, w importing.Watcher) (_ Imported, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Imported{}, fmt.Errorf("data directory: %w", err)
	}
	if err := Settled(dir); err != nil {
		return Imported{}, err
	}
	records, err := usersd.OpenRecords(ctx, DatabaseURL(dir, "users"))
	if err != nil {
		return Imported{}, err
	}
	defer func() { err = errors.Join(err, records.Close()) }()

	known := authd.Known(records.Known)
	note := w.Note
	if rehearse {
		known, w.Note = rehearsed(w.Note)
	}
	var done Imported
	if done.Accounts, err = usersd.Import(ctx, DatabaseURL(dir, "users"), source, rehearse, w); err != nil {
		return done, err
	}
	w.Note = note
	if done.Passwords, err = importPasswords(ctx, dir, known, source, rehearse, w); err != nil {
		return done, err
	}
	if done.Products, err = catalogd.Import(ctx, DatabaseURL(dir, "catalog"), source, rehearse, w); err != nil || rehearse {
		return done, err
	}
	return done, forgetGenerated(ctx, dir, records)
}

// rehearsed returns what users would know after an import that was only
// rehearsed: all but the refused, which the returned function is told of.
func rehearsed(note func(importing.Note)) (authd.Known, func(importing.Note)) {
	refused := make(map[string]bool)
	known := func(_ context.Context, ids []string) ([]string, error) {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return refused[id] }), nil
	}
	return known, func(n importing.Note) {
		if n.Refused {
			refused[n.ID] = true
		}
		note(n)
	}
}

// importPasswords says nothing of a password whose account was refused: that has
// been told.
func importPasswords(ctx context.Context, dir string, known authd.Known, source *importing.Source, rehearse bool, w importing.Watcher) (importing.Result, error) {
	note, orphans := w.Note, 0
	w.Note = func(n importing.Note) {
		if n.Reason == authd.NoAccount {
			orphans++
			return
		}
		note(n)
	}
	result, err := authd.Import(ctx, DatabaseURL(dir, "auth"), known, source, rehearse, w)
	result.Rows, result.Refused = result.Rows-orphans, result.Refused-orphans
	return result, err
}

// forgetGenerated has the next start not speak of an administrator that it would
// have made, if one was imported.
func forgetGenerated(ctx context.Context, dir string, records *usersd.Records) error {
	admins, err := records.ActiveAdmins(ctx)
	if err != nil || admins == 0 {
		return err
	}
	s, err := loadSecrets(filepath.Join(dir, secretsFile))
	if err != nil || s.AdminPassword == "" {
		return err
	}
	s.AdminPassword = ""
	return s.save()
}
