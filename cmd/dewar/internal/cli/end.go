package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

func newEnd(env Env) *cobra.Command {
	var store storeFlags
	cmd := &cobra.Command{
		Use:   "end REF...|-",
		Short: "End sessions that are kept in a store",
		Long: `End sessions that are kept in a store: who had one has to sign in again. REFs are
as ls prints them; for - one session's id, or the one it had before it was
renewed, is read from stdin. The refs of those that were ended are printed; some
may be, though others are unknown.

` + storeHelp + "\n\n" + storeExitHelp,
		Example: `  dewar end 0123456789abcdef fedcba9876543210
  dewar end - <id.txt
  dewar ls --json | jq -r 'select(.format == "pickle") | .ref' | xargs dewar end`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("a REF is needed, or more, or - to read an id from stdin")
			}
			return checkRefs(args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			at, err := store.open(cmd.Context(), env)
			if err != nil {
				return err
			}
			defer at.Close()
			keys, unknown, err := at.keys(cmd.Context(), env.Stdin, args)
			if err != nil {
				return err
			}
			gone, err := at.end(cmd.Context(), env.Stdout, keys)
			if err != nil {
				return err
			}
			unknown = append(unknown, gone...)
			if len(unknown) > 0 {
				return refuseRefs(unknown)
			}
			return nil
		},
	}
	store.addTo(cmd)
	return cmd
}

// end ends the sessions under keys, prints their refs, and returns those of the
// sessions that were gone. It loads each first, for forgetting tells nothing of
// what was there; what is no session to the store, as a list in Redis, stays.
func (s shelf) end(ctx context.Context, stdout io.Writer, keys []string) (gone []string, err error) {
	for _, key := range keys {
		_, err := s.Store.Load(ctx, key)
		if errors.Is(err, dewar.ErrNotFound) {
			gone = append(gone, refOf(key))
			continue
		}
		if err == nil {
			err = s.Store.Delete(ctx, key)
		}
		if err != nil {
			return nil, refuseStore(err)
		}
		if _, err := fmt.Fprintln(stdout, refOf(key)); err != nil {
			return nil, err
		}
	}
	return gone, nil
}
