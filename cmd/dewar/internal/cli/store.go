package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/open"
)

const storeHelp = `The store is that of --store, or of DEWAR_STORE in the environment:
  redis://host:port/db    rediss://host:port/db    redis+unix:///path
  file:///folder    mongodb://host:port/database?collection=sessions
  redis-cluster://host:port,host:port    redis-sentinel://host:port,host:port/name/db
  memcached://host:port,host:port    memcached+unix:///path    (ls can't list these)
  postgres://host:port/database    mysql://host:port/database    sqlite:////file
with, in its query, layout=flask for what Flask-Session shares, prefix=TEXT and
format=tagged|msgpack|json|pickle|cachelib. Others can read a command line: a
URL with a password belongs in the environment.

A REF stands for a session: 16 hex digits of a digest of its key in the store,
or of its file's name.
Nobody can take a session over who has read one. An id, which can do that, is
read from stdin and never printed.`

const storeExitHelp = `Exit codes:
  0  done
  1  refused; the first word on stderr is the reason: unknown, undecodable,
     malformed, unsupported or too-large
  2  misused, or the store can't be reached`

// storeFlags are those of all verbs that look into a store.
type storeFlags struct{ url string }

func (s *storeFlags) addTo(cmd *cobra.Command) {
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&s.url, storeFlag, "", "look into the store at `URL`, not at DEWAR_STORE")
	cmd.ValidArgsFunction = cobra.NoFileCompletions
}

const storeFlag = "store"

// A shelf is an opened store and how the sessions lie in it.
type shelf struct {
	*open.Opened
	sessions *dewar.InStore
}

// open looks for a store and makes none: a folder or a file that is made by a
// typing error, or by root, is in its program's way.
func (s *storeFlags) open(ctx context.Context, env Env) (shelf, error) {
	return s.openBy(ctx, env, open.Existing)
}

func (s *storeFlags) openBy(ctx context.Context, env Env, by func(context.Context, string) (*open.Opened, error)) (shelf, error) {
	at := s.url
	if at == "" {
		at = env.Getenv("DEWAR_STORE")
	}
	if at == "" {
		return shelf{}, misuse("there is no store: set DEWAR_STORE in the environment, or give its URL with --store")
	}
	o, err := by(ctx, at)
	if err != nil {
		return shelf{}, err
	}
	return shelf{o, o.InStore()}, nil
}

// warn says, once all else has been said, that a password stood where others
// can read it: the first word on stderr stays a refusal's reason.
func warn(stderr io.Writer, flags *pflag.FlagSet) {
	if f := flags.Lookup(storeFlag); f != nil && hasPassword(f.Value.String()) {
		fmt.Fprintln(stderr, "warning: others on this machine can read the password in --store; DEWAR_STORE is not shown to them")
	}
}

// hasPassword takes what is no URL but has an @ for one with a password that
// wasn't escaped. Settings are passwords too, as sentinel_password and MongoDB's
// tlsCertificateKeyFilePassword.
func hasPassword(at string) bool {
	_, query, _ := strings.Cut(at, "?")
	if strings.Contains(strings.ToLower(query), "password=") {
		return true
	}
	u, err := url.Parse(at)
	if err != nil || u.User == nil {
		return strings.Contains(at, "@")
	}
	_, ok := u.User.Password()
	return ok
}

// refuseStore says what it is that a store answered. What it couldn't answer
// isn't refused: it is an error.
func refuseStore(err error) error {
	switch {
	case errors.Is(err, dewar.ErrNotFound):
		return &refusal{"unknown", "the store has no such session, or its life is over"}
	case errors.Is(err, dewar.ErrUndecodable):
		return &refusal{"undecodable", "the record was left as it is: " + err.Error()}
	case errors.Is(err, errors.ErrUnsupported):
		return &refusal{"unsupported", "this kind of store can't be listed"}
	}
	return err
}
