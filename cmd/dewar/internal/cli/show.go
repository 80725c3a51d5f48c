package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

func newShow(env Env) *cobra.Command {
	var store storeFlags
	var info bool
	cmd := &cobra.Command{
		Use:   "show REF|-",
		Short: "Print a session that is kept in a store",
		Long: `Print a session that is kept in a store, as one line of tagged JSON. REF is as ls
prints it; for - the session's id, or the one it had before it was renewed, is
read from stdin. With --info there is a second line, of words of the form
name=value:
  size=87          bytes of the record
  left=3600s       whole seconds that it has left, or unknown
  format=msgpack   or tagged, json or pickle
  age=12s          seconds since the session began; not in Flask's layout
What can't be read is left as it is.

` + taggedHelp + "\n\n" + storeHelp + "\n\n" + storeExitHelp,
		Example: `  dewar show 0123456789abcdef
  dewar show --info - <id.txt`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misuse("one REF is needed, or - to read an id from stdin")
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
			if len(unknown) > 0 {
				return refuseRefs(unknown)
			}
			text, err := at.show(cmd.Context(), keys[0], info)
			if err != nil {
				return err
			}
			_, err = env.Stdout.Write(append(text, '\n'))
			return err
		},
	}
	store.addTo(cmd)
	cmd.Flags().BoolVar(&info, "info", false, "print a line about the session")
	return cmd
}

// show returns what is printed of the session under key.
func (s shelf) show(ctx context.Context, key string, info bool) ([]byte, error) {
	item, err := s.Store.Load(ctx, key)
	if err != nil {
		return nil, refuseStore(err)
	}
	created, entries, err := s.sessions.Read(item.Data)
	if err != nil {
		return nil, refuseStore(err)
	}
	text, err := tagged(s.Codec, entries)
	if err != nil || !info {
		return text, err
	}
	listed := dewar.Listed{Key: key, Size: len(item.Data), Left: item.Left}
	if listed.Left == 0 {
		listed.Left = s.left(ctx, key)
	}
	text = fmt.Appendf(text, "\n%s", aboutItem(listed, s.formatOf(item.Data)).words())
	if !created.IsZero() {
		text = fmt.Appendf(text, " age=%ds", time.Now().Unix()-created.Unix())
	}
	return text, nil
}

// left asks a store that didn't say when it loaded an item; 0 is unknown still.
func (s shelf) left(ctx context.Context, key string) time.Duration {
	for item, err := range dewar.List(ctx, s.Store, key) {
		if err == nil && item.Key == key {
			return item.Left
		}
	}
	return 0
}
