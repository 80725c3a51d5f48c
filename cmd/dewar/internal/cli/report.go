package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const exitHelp = `Exit codes:
  0  done
  1  refused; the first word on stderr is the reason: signature, expired,
     future, malformed, payload or too-large
  2  misused: an unknown flag, a wrong number, no key, a file that can't be read`

// A refusal says why a value can't be read, or a session can't be written. Its
// detail holds nothing of either.
type refusal struct{ reason, detail string }

func (r *refusal) Error() string { return r.reason + " (" + r.detail + ")" }

// A misuse says in a sentence what is wrong with the command line, the keys or
// the files. It repeats nothing of what was typed: that may be the value of a
// cookie, or a key in the wrong place.
type misuse string

func (m misuse) Error() string { return string(m) }

// report tells who typed the command what became of it, and returns the exit
// code.
func report(stderr io.Writer, cmd *cobra.Command, err error) int {
	defer warn(stderr, cmd.Flags())
	if err == nil {
		return 0
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		fmt.Fprintln(stderr, refused)
		return 1
	}
	fmt.Fprintf(stderr, "%s: %v\n", cmd.CommandPath(), err)
	if _, ok := errors.AsType[misuse](err); ok {
		fmt.Fprintf(stderr, "Usage: %s\nSee %s --help\n", cmd.UseLine(), cmd.CommandPath())
	}
	return 2
}

// flagMisuse puts what pflag found wrong into words of ours, which leave out
// what was typed.
func flagMisuse(_ *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return misuse("--" + e.GetFlag().Name + " needs a value")
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		if why, ok := errors.AsType[misuse](err); ok {
			return misuse("--" + e.GetFlag().Name + " " + string(why))
		}
		return misuse("--" + e.GetFlag().Name + " can't have that value")
	}
	return misuse("there is no such flag; a VALUE that begins with a dash goes after --")
}

// noCommand is what a command answers that only holds others.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return misuse("which command?")
	}
	cmd.SuggestionsMinimumDistance = 2 // letters wrong
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return misuse("there is no such command; perhaps " + near[0])
	}
	return misuse("there is no such command")
}
