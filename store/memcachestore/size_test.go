package memcachestore_test

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/memcachestore"
)

// As much as fits is kept. A byte more is refused before it is sent, and what was
// there is there still; so it is where the server didn't say how much fits, and
// refuses it itself.
func TestTooLarge(t *testing.T) {
	for name, server := range map[string]*realserver.Server{
		"1 MiB": realserver.Memcached(t), "4 MiB": realserver.Memcached(t, "-I", "4m"), "512 KiB": realserver.Memcached(t, "-I", "512k"),
	} {
		most := map[string]int{"1 MiB": 1 << 20, "4 MiB": 4 << 20, "512 KiB": 512 << 10}[name] - 59 - len(key)
		var sent realserver.Sent
		told := open(t, memcachestore.Options{Dial: through(sent.Conn)}, server.Addr)
		untold := open(t, memcachestore.Options{Dial: through(withoutSettings)}, server.Addr)
		for _, st := range []*memcachestore.Store{told, untold} {
			full, more := bytes.Repeat([]byte("x"), most), bytes.Repeat([]byte("y"), most+1)
			create(t, st, key, "small")
			item, err := st.Update(t.Context(), key, load(t, st, key), full, time.Hour)
			if err != nil {
				t.Fatalf("%s: an item that fits: %v", name, err)
			}
			sent.Commands()
			_, update := st.Update(t.Context(), key, item, more, time.Hour)
			_, create := st.Create(t.Context(), key[:len(key)-1]+"2", more, time.Hour)
			for _, err := range []error{update, create} {
				if !errors.Is(err, dewar.ErrTooLarge) {
					t.Errorf("%s: a byte too much: %v", name, err)
				}
				quotesNothing(t, name, err)
			}
			if got := sent.Commands(); st == told && strings.Trim(got, "mg ") != "" {
				t.Errorf("%s: sent %q of what can't be kept", name, got)
			}
			if got := load(t, st, key); !bytes.Equal(got.Data, full) {
				t.Errorf("%s: what was there is %d bytes now", name, len(got.Data))
			}
			if err := st.Delete(t.Context(), key); err != nil {
				t.Error(err)
			}
		}
	}
}

// A server that has no room for any item refuses it, and what was there is there
// still.
func TestFullServer(t *testing.T) {
	server := realserver.Memcached(t, "-M", "-m", "2")
	st := open(t, memcachestore.Options{}, server.Addr)
	create(t, st, key, secret)
	old := load(t, st, key)
	large := bytes.Repeat([]byte("x"), 200<<10)
	for i := range 100 {
		if _, err := st.Create(t.Context(), key+strings.Repeat("x", i+1), large, time.Hour); err != nil {
			break
		}
	}
	_, err := st.Update(t.Context(), key, old, large, time.Hour)
	if verb.Answered(err) || errors.Is(err, dewar.ErrTooLarge) {
		t.Errorf("got %v, want an error that is no outcome", err)
	}
	quotesNothing(t, "full", err)
	if got := load(t, st, key); string(got.Data) != secret {
		t.Errorf("what was there is %q", got.Data)
	}
}

// withoutSettings hides how much fits from a client.
func withoutSettings(conn net.Conn) net.Conn { return hiding{conn} }

type hiding struct{ net.Conn }

func (h hiding) Write(p []byte) (int, error) {
	_, err := h.Conn.Write(bytes.ReplaceAll(p, []byte("stats settings"), []byte("stats sizes")))
	return len(p), err
}
