package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/signing"
)

const infoHelp = `The line of --info is words of the form name=value with a space between:
  age=12s          seconds since it was signed
  key=current      or key=fallback-N: 1 is the newest, that which Flask lists last
  size=87          bytes of the value
  json=120         bytes of its JSON, inflated
  compressed=yes   or no`

// A reading is what decode and verify have in common: their flags, and all
// that they do before they print.
type reading struct {
	scheme
	maxAge seconds
	info   bool
}

func (r *reading) addTo(cmd *cobra.Command) {
	r.scheme.addTo(cmd)
	r.maxAge = 31 * 24 * 60 * 60 // PERMANENT_SESSION_LIFETIME
	cmd.Flags().Var(&r.maxAge, "max-age", "refuse what was signed longer ago; 0 allows the same second, less nothing")
	cmd.Flags().BoolVar(&r.info, "info", false, "print a line about the value")
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return misuse("one VALUE is needed, or - to read it from stdin")
		}
		return nil
	}
	cmd.ValidArgsFunction = cobra.NoFileCompletions
}

// read returns the session in the value that arg stands for, as Flask would
// write it having loaded it, and the line of --info.
func (r *reading) read(env Env, arg string) (session []byte, line string, err error) {
	sealer, err := r.sealer(env, false)
	if err != nil {
		return nil, "", err
	}
	value, err := valueOf(env.Stdin, arg)
	if err != nil {
		return nil, "", err
	}
	now := r.now.orClock()
	payload, info, err := sealer.Unseal(value, now, r.maxAge.duration())
	age := seconds(now.Unix() - info.At.Unix())
	if err != nil {
		return nil, "", r.refuse(err, age)
	}
	session, err = taggedjson.Canonical(nil, payload)
	if err != nil {
		return nil, "", refuseJSON(err)
	}
	return session, infoLine(age, info, len(value), len(payload)), nil
}

// refuse says why a value wasn't unsealed. The age means something only where
// the signature was good.
func (r *reading) refuse(err error, age seconds) error {
	switch {
	case errors.Is(err, signing.ErrSignature):
		return &refusal{"signature", "changed, cut, or signed with another key, salt, digest or derivation"}
	case errors.Is(err, signing.ErrExpired):
		return &refusal{"expired", fmt.Sprintf("signed %s ago, and %d is the limit", age.words(), r.maxAge)}
	case errors.Is(err, signing.ErrFuture):
		return &refusal{"future", "signed " + (-age).words() + " from now"}
	case errors.Is(err, signing.ErrMalformed):
		return &refusal{"malformed", "not the shape of a signed value"}
	case errors.Is(err, signing.ErrPayload):
		return &refusal{"payload", "rightly signed, but not base64, or not what zlib writes"}
	case errors.Is(err, signing.ErrTooLarge):
		return &refusal{"too-large", fmt.Sprintf("over %d bytes, or over %d inflated", maxValue, maxSession)}
	}
	return err
}

// refuseJSON says why a text is no session that Flask can have: Flask too has
// BadPayload for what is nested too deeply and for a number of over 4300
// digits. The errors of taggedjson tell a place and a kind, and hold nothing of
// the text. A session of which an error says that it can't be written has been
// read: Flask would have it and could never save it again.
func refuseJSON(err error) error {
	if errors.Is(err, codec.ErrLimit) { // ask first: it is ErrMalformed too
		return &refusal{"payload", "too deeply nested, or too many values or digits: " + err.Error()}
	}
	if _, ok := errors.AsType[*codec.ValueError](err); ok {
		return &refusal{"payload", "a session that can be read but not written: " + err.Error()}
	}
	return &refusal{"payload", "not the JSON of a session: " + err.Error()}
}

func infoLine(age seconds, info signing.Info, size, json int) string {
	key, compressed := "current", "no"
	if info.Key > 0 {
		key = fmt.Sprintf("fallback-%d", info.Key)
	}
	if info.Compressed {
		compressed = "yes"
	}
	return fmt.Sprintf("age=%ds key=%s size=%d json=%d compressed=%s", age, key, size, json, compressed)
}
