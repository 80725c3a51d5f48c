package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newDecode(env Env) *cobra.Command {
	var r reading
	cmd := &cobra.Command{
		Use:   "decode VALUE|-",
		Short: "Print the session that a cookie's value holds",
		Long: `Print the session that a cookie's value holds, if Flask would take it: one line
of tagged JSON, as Flask would write it, and with --info a second line about the
value. VALUE - is read from stdin; one that begins with a dash goes after --.

` + infoHelp + "\n\n" + keysHelp + "\n\n" + exitHelp,
		Example: `  dewar cookie decode "$VALUE"
  dewar cookie decode --info - <value.txt
  dewar cookie decode --now 1700000000 --max-age 3600 "$VALUE"
  dewar cookie decode --key-file new.key --fallback-key-file old.key "$VALUE"
  dewar cookie decode --salt my-salt --digest sha256 --derivation django-concat "$VALUE"`,
		RunE: func(_ *cobra.Command, args []string) error {
			session, line, err := r.read(env, args[0])
			if err != nil {
				return err
			}
			if r.info {
				session = fmt.Appendf(session, "\n%s", line)
			}
			_, err = env.Stdout.Write(append(session, '\n'))
			return err
		},
	}
	r.addTo(cmd)
	return cmd
}
