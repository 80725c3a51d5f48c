package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newVerify(env Env) *cobra.Command {
	var r reading
	cmd := &cobra.Command{
		Use:   "verify VALUE|-",
		Short: "Say by the exit code whether a cookie's value is good",
		Long: `Say by the exit code whether Flask would take a cookie's value. All that decode
looks at is looked at, but the session isn't printed; with --info a line about
the value is. VALUE - is read from stdin; one that begins with a dash goes
after --.

` + infoHelp + "\n\n" + keysHelp + "\n\n" + exitHelp,
		Example: `  dewar cookie verify "$VALUE" && echo good
  dewar cookie verify --info - <value.txt
  dewar cookie verify --max-age 0 "$VALUE"`,
		RunE: func(_ *cobra.Command, args []string) error {
			_, line, err := r.read(env, args[0])
			if err != nil || !r.info {
				return err
			}
			_, err = fmt.Fprintln(env.Stdout, line)
			return err
		},
	}
	r.addTo(cmd)
	return cmd
}
