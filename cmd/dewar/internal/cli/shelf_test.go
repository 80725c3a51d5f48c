package cli

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/open"
	"github.com/dewar-go/dewar/store/memstore"
)

func newShelf(st dewar.Store) shelf {
	o := &open.Opened{Store: st, Codec: msgpack.Codec{}, Format: "msgpack", Layout: dewar.FlaskLayout, Prefix: "session:"}
	return shelf{o, o.InStore()}
}

// reason is that of a refusal, or "".
func reason(err error) string {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.reason
	}
	return ""
}

// blind is a store that can do no more than it must.
type blind struct{ dewar.Store }

func TestAStoreThatCannotBeListed(t *testing.T) {
	s := newShelf(blind{memstore.New(memstore.Options{})})
	if _, _, err := s.keys(t.Context(), nil, []string{"0123456789abcdef"}); reason(err) != "unsupported" {
		t.Errorf("got %v", err)
	}
	// By its id a session is shown all the same, with less about it.
	if _, err := s.Store.Create(t.Context(), "session:k", []byte{0x80}, time.Hour); err != nil {
		t.Fatal(err)
	}
	keys, _, err := s.keys(t.Context(), strings.NewReader("k\n"), []string{"-"})
	if err != nil || len(keys) != 1 || keys[0] != "session:k" {
		t.Fatalf("got %q, %v", keys, err)
	}
	if text, err := s.show(t.Context(), keys[0], false); err != nil || string(text) != "{}" {
		t.Errorf("got %q, %v", text, err)
	}
	if left := s.left(t.Context(), keys[0]); left != 0 {
		t.Errorf("got %v left", left)
	}
}

// broken is a store whose listing ends with an error.
type broken struct{ blind }

var errBroken = errors.New("broken")

func (broken) List(context.Context, string) iter.Seq2[dewar.Listed, error] {
	return func(yield func(dewar.Listed, error) bool) {
		if yield(dewar.Listed{Key: "session:gone"}, nil) && yield(dewar.Listed{Key: "session:a", Size: 1}, nil) {
			yield(dewar.Listed{}, errBroken)
		}
	}
}

// What couldn't be looked at to its end doesn't make a ref unknown; one that
// was found before needs no end.
func TestAListThatBreaksOff(t *testing.T) {
	s := newShelf(broken{})
	if _, _, err := s.keys(t.Context(), nil, []string{"0123456789abcdef"}); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
	keys, unknown, err := s.keys(t.Context(), nil, []string{refOf("session:a")})
	if err != nil || len(unknown) > 0 || len(keys) != 1 || keys[0] != "session:a" {
		t.Errorf("got %q, %q, %v", keys, unknown, err)
	}
}

// Each line is printed as its session is found; what ended meanwhile has none.
func TestAListIsPrintedAsItComes(t *testing.T) {
	s := newShelf(broken{blind{memstore.New(memstore.Options{})}})
	if _, err := s.Store.Create(t.Context(), "session:a", []byte{0x80}, time.Hour); err != nil {
		t.Fatal(err)
	}
	var stdout strings.Builder
	err := s.ls(t.Context(), &stdout, about.String)
	want := refOf("session:a") + " size=1 left=unknown format=msgpack\n"
	if stdout.String() != want || !errors.Is(err, errBroken) {
		t.Errorf("got %q, %v, want %q", &stdout, err, want)
	}
	if err := s.ls(t.Context(), full{}, about.String); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

// Those that are there end, though others went before they could.
func TestEndAmongOthersThatAreGone(t *testing.T) {
	s := newShelf(memstore.New(memstore.Options{}))
	if _, err := s.Store.Create(t.Context(), "session:a", nil, time.Hour); err != nil {
		t.Fatal(err)
	}
	var stdout strings.Builder
	gone, err := s.end(t.Context(), &stdout, []string{"session:gone", "session:a"})
	if err != nil || !slices.Equal(gone, []string{refOf("session:gone")}) || stdout.String() != refOf("session:a")+"\n" {
		t.Errorf("got %q, %v, %q", gone, err, &stdout)
	}
	if _, err := s.Store.Load(t.Context(), "session:a"); !errors.Is(err, dewar.ErrNotFound) {
		t.Errorf("got %v, want %v", err, dewar.ErrNotFound)
	}
}

// What is no id never meets the store, nor is it repeated.
func TestHostileIDs(t *testing.T) {
	s := newShelf(blind{}) // which panics if it is asked
	for _, id := range []string{
		"", "..", "../s3cr3t", "s3cr3t\x00", "s3cr3t\nx", "admin:s3cr3t", "s3cr3t*", "s3cr3t.sig", " s3cr3t", "s3cr3té",
		strings.Repeat("s3cr3t", 50),
	} {
		_, _, err := s.keys(t.Context(), strings.NewReader(id+"\n"), []string{"-"})
		if reason(err) != "malformed" || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%.20q: got %v", id, err)
		}
	}
}

func TestWordsOfWhatIsUnknown(t *testing.T) {
	a := aboutItem(dewar.Listed{Key: "session:a", Size: -1}, "unknown")
	if got, want := a.words(), "size=unknown left=unknown format=unknown"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := a.json(), `{"ref":"`+refOf("session:a")+`","size":null,"left":null,"format":"unknown"}`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	a = aboutItem(dewar.Listed{Key: "session:a", Left: 1999 * time.Millisecond}, "json")
	if got, want := a.words(), "size=0 left=1s format=json"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What tagged JSON has a tag for is printed as Flask writes it; what it hasn't,
// under a tag of ours.
func TestTagged(t *testing.T) {
	for _, tt := range []struct{ raw, want string }{
		{`{" t":[1,{" b":"AP8="}]}`, `{"v":{" t":[1,{" b":"AP8="}]}}`},
		{`{" d":"Fri, 31 Dec 9999 23:59:59 -0100"}`, `{"v":{" x":["time","10000-01-01T00:59:59Z"]}}`},
		{`{" x":["time","now"]}`, `{"v":{" di":{" x__":["time","now"]}}}`},
		{strings.Repeat("[", 299) + strings.Repeat("]", 299), `{"v":` + strings.Repeat("[", 299) + strings.Repeat("]", 299) + `}`},
	} {
		got, err := tagged(taggedjson.Codec{}, []dewar.Entry{{Key: "v", Raw: []byte(tt.raw)}})
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.raw, got, err, tt.want)
		}
	}
	if got, ok, err := untagged(codec.Opaque{Kind: "map", Raw: []byte("hi")}); !ok || err != nil || got.([]any)[1] != "aGk=" {
		t.Errorf("got %v, %v, %v", got, ok, err)
	}
	for _, raw := range []string{"{", strings.Repeat("[", 400) + strings.Repeat("]", 400)} {
		if got, err := tagged(taggedjson.Codec{}, []dewar.Entry{{Key: "v", Raw: []byte(raw)}}); got != nil || reason(err) != "undecodable" {
			t.Errorf("%.10s: got %s, %v", raw, got, err)
		}
	}
}
