package cli

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar/codec/taggedjson"
)

func newEncode(env Env) *cobra.Command {
	var s scheme
	var noCompress bool
	cmd := &cobra.Command{
		Use:   "encode [-]",
		Short: "Print the cookie's value that holds a session",
		Long: `Read a session from stdin, an object of tagged JSON, and print the value that
Flask's cookie would have for it: signed now, with the current key, compressed
where that is shorter. Keys are sorted and numbers and texts spelled as Flask
spells them. What Flask could read and not save again is refused.

` + keysHelp + "\n\n" + exitHelp,
		Example: `  echo '{"user_id":42}' | dewar cookie encode
  echo '{"roles":{" t":["admin","staff"]}}' | dewar cookie encode --now 1700000000
  dewar cookie decode "$VALUE" | dewar cookie encode`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && args[0] != "-" {
				return misuse("the session is read from stdin, not from an argument")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			sealer, err := s.sealer(env, noCompress)
			if err != nil {
				return err
			}
			session, err := sessionFrom(env)
			if err != nil {
				return err
			}
			value := sealer.Seal(nil, session, s.now.orClock())
			if len(value) > maxValue || len(session) > maxSession {
				return &refusal{"too-large", fmt.Sprintf("decode takes a value of %d bytes, and a session of %d", maxValue, maxSession)}
			}
			_, err = env.Stdout.Write(append(value, '\n'))
			return err
		},
	}
	s.addTo(cmd)
	cmd.Flags().BoolVar(&noCompress, "no-compress", false, "don't compress, even where that is shorter")
	return cmd
}

// sessionFrom reads a session from stdin and spells it as Flask does. Flask
// takes null, [] and "" for empty sessions when it reads them, but it writes
// none of them: who says so here means something else.
func sessionFrom(env Env) ([]byte, error) {
	text, err := readAll(env.Stdin)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return nil, &refusal{"payload", "not a JSON object"}
	}
	values, err := taggedjson.Unmarshal(text)
	if err != nil {
		return nil, refuseJSON(err)
	}
	session, err := taggedjson.Marshal(values)
	if err != nil {
		return nil, refuseJSON(err)
	}
	return session, nil
}
