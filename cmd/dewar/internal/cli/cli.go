// Package cli is the command dewar, a file a verb, in a form that a test can
// call: everything that it touches outside itself, but for the files that a
// flag names and the clock, is in Env.
package cli

import (
	"context"
	"io"
)

// Env is what a program is given by who starts it. All fields are needed.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// Getenv is os.Getenv or does as it does: "" stands for a variable that is
	// empty and for one that isn't there.
	Getenv func(name string) string
}

// Run does what args say, which don't begin with the name of the program, and
// returns the exit code: 0 done, 1 refused, 2 misused. A refusal's reason is
// the first word on env.Stderr.
func Run(ctx context.Context, args []string, env Env) int {
	root := newRoot(env)
	root.SetArgs(append([]string{}, args...)) // cobra takes nil for os.Args
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	cmd, err := root.ExecuteContextC(ctx)
	return report(env.Stderr, cmd, err)
}
