package cli

import (
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newRoot(env Env) *cobra.Command {
	root := &cobra.Command{
		Use:   "dewar COMMAND",
		Short: "Look into sessions",
		Long: `Dewar looks into sessions: those that a signed cookie holds, as Flask's, and those
that are kept in a store, as Dewar or Flask-Session keeps them.

` + keysHelp + "\n\n" + storeHelp + `

Exit codes:
  0  done
  1  refused; the first word on stderr is the reason, such as expired or unknown
  2  misused: an unknown flag, no key, a store that can't be reached`,
		Version: version(),
		Example: `  export SECRET_KEY=dev-secret-key
  dewar cookie decode "$VALUE"
  echo '{"user_id":42}' | dewar cookie encode
  dewar ls
  dewar show --info 0123456789abcdef
  dewar end 0123456789abcdef
  dewar completion bash >/etc/bash_completion.d/dewar`,
		Args:          cobra.ArbitraryArgs,
		RunE:          noCommand,
		SilenceErrors: true, // report tells them
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("dewar {{.Version}}\n")
	root.SetUsageTemplate(usage)
	root.SetFlagErrorFunc(flagMisuse)
	root.SetHelpCommand(newHelp(root))
	root.CompletionOptions.DisableDefaultCmd = true // ours says what it can't do with exit code 2
	root.AddCommand(newCookie(env), newLs(env), newShow(env), newEnd(env), newPurge(env), newSchema(env), newMigrateSchema(env), newCompletion(env))
	return root
}

// usage is cobra's, less a second line for commands that hold others.
const usage = `Usage:
  {{.UseLine}}
{{- if .HasAvailableSubCommands}}

Commands:
{{- range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}
{{- if .HasExample}}

Examples:
{{.Example}}{{end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`

// newHelp is cobra's help, but for what it does about a command that there
// isn't.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]...",
		Short: "Print the help of a command",
		RunE: func(_ *cobra.Command, args []string) error {
			about, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return noCommand(about, rest)
			}
			about.InitDefaultHelpFlag() // cobra makes both only for the command that runs
			about.InitDefaultVersionFlag()
			return about.Help()
		},
	}
}

// version is that of the module, which `go install` knows; a build from a
// working tree is "devel".
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
