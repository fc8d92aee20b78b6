package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"stockroom/standalone"
	"stockroom/standalone/operator"
)

// administrate makes administrators and sets passwords.
func administrate(ctx context.Context, env map[string]string, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	switch args[0] {
	case "create":
		return createAdmin(ctx, env, args[1:])
	case "reset-password":
		return resetPassword(ctx, env, args[1:])
	}
	return errUsage
}

var errNames = errors.New("an administrator needs --email and --username")

func createAdmin(ctx context.Context, env map[string]string, args []string) error {
	flags := newFlags("admin create")
	email := flags.String("email", env["STOCKROOM_ADMIN_EMAIL"], "where mail reaches the administrator")
	username := flags.String("username", env["STOCKROOM_ADMIN_USERNAME"], "what the administrator signs in with")
	if err := parse(flags, args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return errUsage
	case *email == "" || *username == "":
		return errNames
	}
	password := env["STOCKROOM_ADMIN_PASSWORD"]
	if password == "" {
		var err error
		if password, err = askPassword(); err != nil {
			return err
		}
	}
	return operate(ctx, env, func(ctx context.Context, c *operator.Client) error {
		a, err := c.CreateAdmin(ctx, *email, *username, password)
		if err != nil {
			return fmt.Errorf("make the administrator %s: %w", *username, err)
		}
		fmt.Printf("Account %s is an administrator, and signs in as %s.\n", a.ID, a.Username)
		return nil
	})
}

func resetPassword(ctx context.Context, env map[string]string, args []string) error {
	flags := newFlags("admin reset-password")
	generate := flags.Bool("generate", false, "make a password up, and show it")
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errUsage
	}
	var password, generated string
	if *generate {
		generated = standalone.GeneratePassword()
	} else {
		var err error
		if password, err = askPassword(); err != nil {
			return err
		}
	}
	return operate(ctx, env, func(ctx context.Context, c *operator.Client) error {
		a, err := c.SetPassword(ctx, flags.Arg(0), cmp.Or(password, generated))
		if err != nil {
			return fmt.Errorf("set the password of %s: %w", flags.Arg(0), err)
		}
		fmt.Printf("The account %s has a new password, and all its sessions have ended.\n", a.Username)
		if generated != "" {
			fmt.Printf("The password is shown only now: %s\n", generated)
		}
		return nil
	})
}
