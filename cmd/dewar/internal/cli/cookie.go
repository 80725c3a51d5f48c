package cli

import (
	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar/signing"
)

// What is read, and so what is written. They are signing's own defaults, said
// here because encode must know them: what it writes, decode reads.
const (
	maxValue   = 64 << 10
	maxSession = 256 << 10
)

func newCookie(env Env) *cobra.Command {
	cookie := &cobra.Command{
		Use:   "cookie COMMAND",
		Short: "Decode, encode and verify Flask's session cookies",
		Long: "Decode, encode and verify the values of Flask's session cookies: tagged JSON,\n" +
			"signed and maybe compressed, but not encrypted.\n\n" + keysHelp + "\n\n" + exitHelp,
		Example: `  dewar cookie decode --info "$VALUE"
  echo '{"user_id":42}' | dewar cookie encode
  dewar cookie verify - <value.txt`,
		Args: cobra.ArbitraryArgs,
		RunE: noCommand,
	}
	cookie.AddCommand(newDecode(env), newEncode(env), newVerify(env))
	return cookie
}

// A scheme is the flags that say how and when a cookie is signed: the same for
// all verbs. Their defaults are Flask's.
type scheme struct {
	keys       keyFiles
	now        moment
	salt       string
	digest     choice[signing.Digest]
	derivation choice[signing.Derivation]
}

func (s *scheme) addTo(cmd *cobra.Command) {
	s.digest.of = []signing.Digest{signing.SHA1, signing.SHA256, signing.SHA384, signing.SHA512, signing.MD5}
	s.derivation.of = []signing.Derivation{signing.HMAC, signing.Concat, signing.DjangoConcat, signing.None}
	flags := cmd.Flags()
	flags.SortFlags = false
	s.keys.addTo(flags)
	flags.StringVar(&s.salt, "salt", "cookie-session", "sign and verify with the salt `TEXT`, which may be empty")
	addChoice(cmd, &s.digest, "digest", "hash function of the signature")
	addChoice(cmd, &s.derivation, "derivation", "how the key is derived from salt and SECRET_KEY")
	flags.Var(&s.now, "now", "take this for the time, in seconds since 1970 (default the clock)")
}

// sealer returns what signs and verifies as the flags say.
func (s *scheme) sealer(env Env, noCompression bool) (*signing.URLSafe, error) {
	ring, err := s.keys.ring(env.Getenv)
	if err != nil {
		return nil, err
	}
	return signing.NewURLSafe(ring, signing.Options{
		Salt:          s.salt,
		Digest:        s.digest.value,
		Derivation:    s.derivation.value,
		NoCompression: noCompression,
		MaxInflated:   maxSession,
		MaxValue:      maxValue,
	}), nil
}
