package standalone

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// secrets is what only this installation knows. It is made once.
type secrets struct {
	path string

	InternalToken string `json:"internal_token"`
	AuthSecret    string `json:"auth_secret"`

	// AuthSecretPrevious is there while somebody exchanges AuthSecret.
	AuthSecretPrevious string `json:"auth_secret_previous,omitempty"`

	// AdminPassword is that of the first administrator until it has been shown.
	AdminPassword string `json:"admin_password,omitempty"`
}

func loadSecrets(path string) (*secrets, error) {
	s, err := readSecrets(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	s = &secrets{path: path, InternalToken: generateSecret(), AuthSecret: generateSecret(), AdminPassword: GeneratePassword()}
	return s, s.save()
}

func readSecrets(path string) (*secrets, error) {
	s := &secrets{path: path}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("secrets: %w", err)
	}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("secrets in %s: %w", path, err)
	}
	return s, nil
}

// generateSecret returns 260 random bits. What it begins with keeps them from
// looking, once in ten thousand times, like the beginning of "development".
func generateSecret() string { return "s-" + rand.Text() + rand.Text() }

// save writes the file in one step, so that a crash leaves the old or the new.
func (s *secrets) save() error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err == nil {
		err = writeFile(s.path, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("save secrets: %w", err)
	}
	return nil
}
