package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

var (
	errNoTerminal = errors.New("there is no terminal to ask at: give --yes to do it all the same")
	errNoPassword = errors.New("no password: type it at a terminal, or send it as the first line of standard input")
	errMistyped   = errors.New("the two passwords differ")
)

// askPassword asks for a new password twice at the terminal, without showing it,
// or reads it from standard input if that is none. It is never an argument, as
// everybody on the machine sees those.
func askPassword() (string, error) {
	if !atTerminal() {
		return firstLine(os.Stdin, errNoPassword)
	}
	first, err := askHidden("New password: ")
	if err != nil {
		return "", err
	}
	second, err := askHidden("Once more: ")
	if err != nil {
		return "", err
	}
	switch {
	case first == "":
		return "", errNoPassword
	case first != second:
		return "", errMistyped
	}
	return first, nil
}

// askHidden asks at the terminal and does not show what is typed.
func askHidden(question string) (string, error) {
	fmt.Fprint(os.Stderr, question)
	typed, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return "", fmt.Errorf("read from the terminal: %w", err)
	}
	return string(typed), nil
}

// ask asks at the terminal.
func ask(question string) (string, error) {
	if !atTerminal() {
		return "", errNoTerminal
	}
	fmt.Fprint(os.Stderr, question)
	return firstLine(os.Stdin, errNoTerminal)
}

func atTerminal() bool { return term.IsTerminal(int(os.Stdin.Fd())) }

const maxLine = 4 << 10

// firstLine returns the first line of in, or the error empty if there is nothing
// in it.
func firstLine(in io.Reader, empty error) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, maxLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", empty
	}
	return line, nil
}

func newFlags(name string) *flag.FlagSet { return flag.NewFlagSet(name, flag.ContinueOnError) }

// parse reads flags. What they do not know is a mistake of the caller.
func parse(flags *flag.FlagSet, args []string) error {
	flags.SetOutput(os.Stderr)
	err := flags.Parse(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errUsage
}
