// Command stockroom runs the whole system in one process, fills it with demo
// products, backs it up and restores it.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"stockroom/pkg/run"
	"stockroom/pkg/web"
)

const usage = `usage: stockroom [run]          run the API, the services and their data in one process
       stockroom demo [-n N]    load N demo products (default 1000), whether it runs or not
       stockroom backup FILE    write all data into the new file FILE, whether it runs or not
       stockroom restore [--replace] FILE
                                put a backup in place, while it does not run; with --replace
                                also where there is data, which is kept beside it
       stockroom import [--dry-run]
                                take over the accounts and products of another system, whose
                                PostgreSQL database STOCKROOM_IMPORT_URL names, or standard input
       stockroom admin create --email EMAIL --username NAME
                                make an administrator; the password comes from the terminal, from
                                STOCKROOM_ADMIN_PASSWORD or from standard input
       stockroom admin reset-password [--generate] NAME
                                give an account another password and end its sessions; it comes
                                from the terminal or standard input, or is made up and shown
       stockroom keys rotate    make a successor of the key that tokens are signed with
       stockroom erase [--yes] NAME|ID
                                take away all that tells whose account it is, for ever
       stockroom health         ask the one that runs here whether it answers
       stockroom version        say which version this is

environment:
  STOCKROOM_ADDR            where the API listens (default 127.0.0.1:8000)
  STOCKROOM_DATA            where the data is kept (default ./data)
  STOCKROOM_ADMIN_EMAIL, STOCKROOM_ADMIN_USERNAME, STOCKROOM_ADMIN_PASSWORD
                            the first administrator; without them one is made
                            whose password is shown once
  STOCKROOM_TRUSTED_PROXIES networks of the proxies before it, whose X-Forwarded-For counts
  STOCKROOM_RATE_ADDRESS, STOCKROOM_RATE_ACCOUNT, STOCKROOM_RATE_WINDOW
                            requests per second of one address (default 300) and
                            one account (100), and how much at once (2s)
  STOCKROOM_CORS_ORIGINS, STOCKROOM_CORS_CREDENTIALS
                            pages that may use the API in a browser (default none)
  STOCKROOM_SMTP_URL, STOCKROOM_MAIL_FROM, STOCKROOM_RESET_URL,
  STOCKROOM_VERIFY_URL, STOCKROOM_EMAIL_VERIFICATION
                            how mail is sent and what for (default: none is)
  STOCKROOM_ENV             development: without STOCKROOM_SMTP_URL, mails are
                            shown in the log
  STOCKROOM_LOG_LEVEL       debug, info, warn or error (default warn)

admin, keys and erase act on the data of this machine, whether it runs or not; or on
services that run elsewhere:
  STOCKROOM_AUTH_INTERNAL_URL, STOCKROOM_USERS_INTERNAL_URL, STOCKROOM_INTERNAL_TOKEN

They exit with 0, with 1 if something failed, with 2 if they do not understand what is
wanted, and import with 3 if not all rows could be taken as they are.

Each may be given as a file that holds it: STOCKROOM_ADMIN_PASSWORD_FILE=/path.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // from the first signal on, the next has its usual effect
	err := command(ctx, os.Args[1:])
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "stockroom:", err)
		os.Exit(run.Status(err))
	}
}

var errUsage = errors.New("usage")

func command(ctx context.Context, args []string) error {
	name := "run"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	env, err := run.Environment()
	if err != nil {
		return err
	}
	switch name {
	case "demo":
		return loadDemo(ctx, env, args)
	case "backup":
		return backUp(ctx, env, args)
	case "restore":
		return restore(ctx, env, args)
	case "import":
		return takeOver(ctx, env, args)
	case "admin":
		return administrate(ctx, env, args)
	case "keys":
		return rotateKeys(ctx, env, args)
	case "erase":
		return erase(ctx, env, args)
	}
	if len(args) > 0 {
		return errUsage
	}
	switch name {
	case "run":
		return runAll(ctx, env)
	case "health":
		return web.Probe(ctx, addr(env), "/health")
	case "version":
		fmt.Println("stockroom", run.ThisVersion())
		return nil
	case "help", "-h", "-help", "--help":
		fmt.Print(usage)
		return nil
	}
	return errUsage
}

func dataDir(env map[string]string) string { return cmp.Or(env["STOCKROOM_DATA"], "data") }

func addr(env map[string]string) string { return cmp.Or(env["STOCKROOM_ADDR"], "127.0.0.1:8000") }
