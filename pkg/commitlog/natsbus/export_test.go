package natsbus

import "github.com/nats-io/nats.go"

// Settings are those that the tests cannot wait for the effect of.
func Settings() (nats.Options, error) {
	o := nats.GetDefaultOptions()
	for _, set := range settings() {
		if err := set(&o); err != nil {
			return o, err
		}
	}
	return o, nil
}
