package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

func newPurge(env Env) *cobra.Command {
	var store storeFlags
	cmd := &cobra.Command{
		Use:   "purge",
		Short: "Forget the sessions in a store whose life is over",
		Long: `Forget the sessions in a store whose life is over, where they lie about until
they are purged, and print how many there were: purged=12. Redis and memcached
forget them by themselves: there this is unsupported.

` + storeHelp + "\n\n" + storeExitHelp,
		Example: `  dewar purge`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("purge takes no argument: it forgets all whose life is over")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := store.open(cmd.Context(), env)
			if err != nil {
				return err
			}
			defer at.Close()
			removed, err := dewar.Purge(cmd.Context(), at.Store)
			if errors.Is(err, errors.ErrUnsupported) {
				return &refusal{"unsupported", "this kind of store can't be purged; Redis and memcached forget by themselves what is over"}
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(env.Stdout, "purged=%d\n", removed)
			return err
		},
	}
	store.addTo(cmd)
	return cmd
}
