package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"stockroom/pkg/telemetry"
	"stockroom/standalone"
	"stockroom/standalone/operator"
)

// The variables that lead to services that run elsewhere.
const (
	authURL  = "STOCKROOM_AUTH_INTERNAL_URL"
	usersURL = "STOCKROOM_USERS_INTERNAL_URL"
	token    = "STOCKROOM_INTERNAL_TOKEN"
)

// operate calls do with a client of the services that env names, and of those on
// the data of this machine if it names none.
func operate(ctx context.Context, env map[string]string, do func(context.Context, *operator.Client) error) error {
	if env[authURL] != "" || env[usersURL] != "" {
		for _, name := range []string{authURL, usersURL, token} {
			if env[name] == "" {
				return fmt.Errorf("%s is not set: to reach services that run elsewhere, set %s, %s and %s (or %s_FILE)",
					name, authURL, usersURL, token, token)
			}
		}
		return do(ctx, operator.New(operator.Doors{Auth: env[authURL], Users: env[usersURL], Token: env[token]}))
	}
	log, err := telemetry.NewLogger(os.Stderr, cmp.Or(env["STOCKROOM_LOG_LEVEL"], "error"))
	if err != nil {
		return err
	}
	cost, err := passwordCost(env)
	if err != nil {
		return err
	}
	return standalone.Operate(ctx, standalone.Config{Dir: dataDir(env), PasswordCost: cost}, log, do)
}

func passwordCost(env map[string]string) (int, error) {
	cost, err := strconv.Atoi(cmp.Or(env["STOCKROOM_PASSWORD_COST"], "12"))
	if err != nil {
		return 0, fmt.Errorf("STOCKROOM_PASSWORD_COST: %w", err)
	}
	return cost, nil
}

// rotateKeys makes a successor of the signing key.
func rotateKeys(ctx context.Context, env map[string]string, args []string) error {
	if len(args) != 1 || args[0] != "rotate" {
		return errUsage
	}
	return operate(ctx, env, func(ctx context.Context, c *operator.Client) error {
		k, err := c.RotateKeys(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("Signing key %d (%s) is published, and signs from %s on.\n", k.Number, k.ID, k.SignsFrom.Format("2006-01-02 15:04:05 MST"))
		return nil
	})
}

var errUnsure = errors.New("nothing was erased")

// erase takes away what tells whose account it is.
func erase(ctx context.Context, env map[string]string, args []string) error {
	flags := newFlags("erase")
	sure := flags.Bool("yes", false, "do not ask")
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errUsage
	}
	return operate(ctx, env, func(ctx context.Context, c *operator.Client) error {
		a, err := c.Find(ctx, flags.Arg(0))
		if err != nil {
			return err
		}
		if !*sure {
			if err := confirm(a); err != nil {
				return err
			}
		}
		if err := c.Erase(ctx, a.ID); err != nil {
			return err
		}
		fmt.Printf("Account %s is erased: its names, its password, its sessions, and its values in the audit trail.\n", a.ID)
		return nil
	})
}

func confirm(a operator.Account) error {
	said, err := ask(fmt.Sprintf("This cannot be undone. Type %s to erase that account: ", a.Username))
	if err != nil {
		return err
	}
	if said != a.Username {
		return errUnsure
	}
	return nil
}
