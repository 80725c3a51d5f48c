package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

func newLs(env Env) *cobra.Command {
	var store storeFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ls",
		Short: "List the sessions in a store",
		Long: `List the sessions in a store, a line for each as it is found, in no order:
  REF size=87 left=3600s format=msgpack
with the bytes of its record, the whole seconds that it has left, and the form
it is in: tagged, msgpack, json, pickle, or unknown where it can't be read. What
the store doesn't say is unknown too, and null with --json. Sessions that come
and go meanwhile may be missed.

` + storeHelp + "\n\n" + storeExitHelp,
		Example: `  dewar ls
  dewar ls --json | jq -r 'select(.left < 60) | .ref'
  dewar ls --store 'redis://localhost/0?layout=flask&prefix=session:'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("ls takes no argument: it lists all sessions")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			line := about.String
			if asJSON {
				line = about.json
			}
			at, err := store.open(cmd.Context(), env)
			if err != nil {
				return err
			}
			defer at.Close()
			return at.ls(cmd.Context(), env.Stdout, line)
		},
	}
	store.addTo(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print objects of JSON, one a line: ref, size, left, format")
	return cmd
}

// ls prints a line for each session.
func (s shelf) ls(ctx context.Context, stdout io.Writer, line func(about) string) error {
	for item, err := range s.list(ctx) {
		if err != nil {
			return err
		}
		a, err := s.describe(ctx, item)
		if errors.Is(err, dewar.ErrNotFound) {
			continue // it ended meanwhile
		}
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(stdout, line(a)); err != nil {
			return err
		}
	}
	return nil
}
