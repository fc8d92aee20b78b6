// Package dns stands for the one of lego with which Traefik proves to be the
// owner of a domain through one of a hundred DNS services. It knows none of them.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
)

// NewDNSChallengeProviderByName always fails.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("built without the DNS service %q", name)
}
