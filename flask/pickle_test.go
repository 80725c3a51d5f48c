package flask_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/store/memstore"
)

// cart is {"_permanent": True, "cart": app.Cart()}, pickled.
const cart = "\x80\x04}\x94(\x8c\x0a_permanent\x94\x88\x8c\x04cart\x94\x8c\x03app\x94\x8c\x04Cart\x94\x93\x94)\x81\x94u."

// stored runs f on a session that Flask has left, and returns the status of the
// response and the record that is there then.
func stored(t *testing.T, format, record string, f func(*dewar.Session)) (int, string) {
	t.Helper()
	st := memstore.New(memstore.Options{})
	o, err := flask.StoredFromMap(map[string]any{"SESSION_SERIALIZATION_FORMAT": format}, st)
	if err != nil {
		t.Fatal(err)
	}
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Create(t.Context(), "session:k1", []byte(record), time.Hour); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "http://localhost/", nil)
	r.Header.Set("Cookie", "session=k1")
	w := httptest.NewRecorder()
	m.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(dewar.From(r.Context())) })).ServeHTTP(w, r)
	item, err := st.Load(t.Context(), "session:k1")
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(item.Data)
}

// A pickle is read whatever the format; it stays one until something changes,
// and goes over to the format then.
func TestPicklesAreMigrated(t *testing.T) {
	const old = "(dp0\nV_permanent\np1\nI01\nsVn\np2\nI41\ns."
	for format, want := range map[string]string{
		"msgpack": "\x82\xAA_permanent\xC3\xA1n\x2A",
		"json":    `{"_permanent":true,"n":42}`,
		"pickle":  "\x80\x04\x95\x19\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x0a_permanent\x94\x88\x8c\x01n\x94K\x2au.",
	} {
		if _, got := stored(t, format, old, func(s *dewar.Session) { s.Get("n") }); got != old {
			t.Errorf("%s: read only, the record is %q", format, got)
		}
		_, got := stored(t, format, old, func(s *dewar.Session) {
			s.Update("n", func(v any) any { return v.(int64) + 1 })
		})
		if got != want {
			t.Errorf("%s: got %q, want %q", format, got, want)
		}
	}
}

// What only Python can make stays in its record: beside it all can be set,
// nothing be deleted, and a format that can't hold it leaves the record alone.
func TestUnknownClassesStay(t *testing.T) {
	code, got := stored(t, "pickle", cart, func(s *dewar.Session) {
		if o, ok := s.Get("cart").(dewar.Opaque); !ok || o.Kind != "app.Cart" {
			t.Errorf("got %v", s.Get("cart"))
		}
		s.Set("n", 1)
	})
	if want := strings.TrimSuffix(cart, ".") + "(\x8c\x01n\x94K\x01u."; code != 200 || got != want {
		t.Errorf("set: %d, %q, want %q", code, got, want)
	}
	code, got = stored(t, "pickle", cart, func(s *dewar.Session) { s.Delete("_permanent") })
	if code != 500 || got != cart {
		t.Errorf("deleted: %d, %q, want 500 and the record as it was", code, got)
	}
	code, got = stored(t, "pickle", cart, func(s *dewar.Session) { s.Clear(); s.Set("n", 1) })
	if code != 200 || sniff.Of([]byte(got)) != sniff.Pickle || strings.Contains(got, "Cart") {
		t.Errorf("cleared: %d, %q", code, got)
	}
	for _, format := range []string{"msgpack", "json"} {
		code, got := stored(t, format, cart, func(s *dewar.Session) {
			if s.Len() != 1 || !s.IsNew() {
				t.Errorf("%s: it was read", format)
			}
			s.Set("n", 1)
		})
		if code != 200 || got != cart {
			t.Errorf("%s: %d, %q, want the record as it was", format, code, got)
		}
	}
}
