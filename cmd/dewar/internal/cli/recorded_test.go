package cli_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/plainjson"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/vectors"
	"github.com/dewar-go/dewar/open"
)

// unlike are the cases in which a store holds something else than the session
// after the view, or what isn't read.
var unlike = map[string]bool{
	"norefresh-nested-append": true, // changed in place, which Flask-Session doesn't see
	"corrupt-empty":           true, // an empty record, and nothing was set
	"sid-crosses-prefix":      true, // "admin:k1", which is no id here
}

// What Flask-Session left in Redis is shown as what the view had left in the
// session, and can be ended.
func TestShowWhatFlaskSessionStored(t *testing.T) {
	file, err := vectors.LoadStore("../../../../testdata/flask_session.json")
	if err != nil {
		t.Fatal(err)
	}
	server := realserver.Redis(t)
	seen := 0
	for _, c := range file.Cases {
		if c.Backend != "redis" || c.Version == "0.3.2" || unlike[c.ID[strings.LastIndexByte(c.ID, '/')+1:]] {
			continue
		}
		last := c.Steps[len(c.Steps)-1]
		if last.AfterView == nil || last.Status != 200 || len(last.Store) != 1 || last.Store[0].Bytes == nil {
			continue
		}
		want, ok := shown(t, &c, last.AfterView)
		if !ok {
			continue
		}
		seen++
		t.Run(c.ID, func(t *testing.T) { showAndEnd(t, at(server, &c), last.Store[0], want) })
	}
	if seen < 60 {
		t.Errorf("only %d records were shown", seen)
	}
}

// at is the URL of the store as c's configuration has it.
func at(server *realserver.Server, c *vectors.StoreCase) string {
	query := url.Values{"layout": {"flask"}}
	if format := c.Setting("SESSION_SERIALIZATION_FORMAT"); format != "" {
		query.Set("format", format)
	}
	if _, ok := c.Config["SESSION_KEY_PREFIX"]; ok {
		query.Set("prefix", c.Setting("SESSION_KEY_PREFIX"))
	}
	return "redis+unix://" + server.Socket + "?" + query.Encode()
}

// shown is what show should print of a session; ok is false for one with values
// that Go has none for.
func shown(t *testing.T, c *vectors.StoreCase, view *vectors.Value) (line string, ok bool) {
	t.Helper()
	var stored codec.Codec = msgpack.Codec{}
	if c.Setting("SESSION_SERIALIZATION_FORMAT") == "json" {
		stored = plainjson.Codec{}
	}
	v, err := view.Go()
	if err != nil {
		return "", false
	}
	raw, err := stored.Encode(nil, v) // tuples become lists, and so on
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	if v, err = stored.Decode(raw); err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	text, err := taggedjson.Codec{}.Encode(nil, v)
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	return string(text) + "\n", true
}

func showAndEnd(t *testing.T, at string, record vectors.Stored, want string) {
	o, err := open.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if _, err := o.Store.Create(t.Context(), record.Key, record.Bytes, time.Duration(record.TTL)*time.Second); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Store.Delete(context.Background(), record.Key) }()
	env := map[string]string{"DEWAR_STORE": at}
	id := strings.TrimPrefix(record.Key, o.Prefix) + "\n"
	if got := run(t, env, id, "show", "-"); got.code != 0 || got.stdout != want || got.stderr != "" {
		t.Errorf("got %d, %.300q, %q\nwant %.300q", got.code, got.stdout, got.stderr, want)
	}
	ref := strings.Fields(run(t, env, "", "ls").stdout)[0]
	if got := run(t, env, "", "show", ref); got.stdout != want {
		t.Errorf("by its ref: got %d, %.300q, %q\nwant %.300q", got.code, got.stdout, got.stderr, want)
	}
	if got := run(t, env, id, "end", "-"); got.code != 0 || got.stdout != ref+"\n" {
		t.Errorf("end: got %d, %q, %q", got.code, got.stdout, got.stderr)
	}
	if got := run(t, env, "", "ls"); got.stdout != "" {
		t.Errorf("ended, and still there: %q", got.stdout)
	}
}
