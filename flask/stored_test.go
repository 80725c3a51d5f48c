package flask_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/store/memstore"
)

// Flask-Session's settings by their own names; a wrong value is refused with
// the name of its setting.
func TestStoredSettings(t *testing.T) {
	st := memstore.New(memstore.Options{})
	o, err := flask.StoredFromMap(map[string]any{
		"SESSION_TYPE": "redis", "SESSION_PERMANENT": false, "SESSION_KEY_PREFIX": "app:", "SESSION_ID_LENGTH": 16,
		"SESSION_SERIALIZATION_FORMAT": "json", "SESSION_USE_SIGNER": true, "SECRET_KEY": secret, "PERMANENT_SESSION_LIFETIME": 60.9,
	}, st)
	if err != nil {
		t.Fatal(err)
	}
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	set := visit(m, "", func(s *dewar.Session) { s.Set("a", 1) }).Get("Set-Cookie")
	value, attributes, _ := strings.Cut(strings.TrimPrefix(set, "session="), ";")
	id, sig, signed := strings.Cut(value, ".")
	if !signed || len(id) != 22 || len(sig) != 27 || attributes != " HttpOnly; Path=/" {
		t.Errorf("%s", set)
	}
	item, err := st.Load(t.Context(), "app:"+id)
	if err != nil || string(item.Data) != `{"a":1}` || item.Left.Seconds() > 60 {
		t.Errorf("%q, %v left, %v", item.Data, item.Left, err)
	}
	for name, values := range map[string][]any{
		"SESSION_PERMANENT":            {"yes!", nil},
		"SESSION_USE_SIGNER":           {1},
		"SESSION_KEY_PREFIX":           {5, strings.Repeat("long-prefix", 6), "a b"},
		"SESSION_ID_LENGTH":            {0, "32", 1.5, 1000},
		"SESSION_SERIALIZATION_FORMAT": {"yaml", 1},
		"PERMANENT_SESSION_LIFETIME":   {0, 0.5, -1},
		"SESSION_KEY_PREFX":            {"x"},
	} {
		for _, v := range values {
			_, err := flask.StoredFromMap(map[string]any{"SECRET_KEY": secret, name: v}, st)
			var ce *flask.ConfigError
			if !errors.As(err, &ce) || ce.Name != name {
				t.Errorf("%s = %#v: %v", name, v, err)
			}
		}
	}
	if _, err := flask.StoredFromMap(map[string]any{"SESSION_USE_SIGNER": true}, st); err == nil || !strings.Contains(err.Error(), "SECRET_KEY") {
		t.Errorf("a signer without a key: %v", err)
	}
}

// clear() keeps permanence as it was.
func TestClearKeepsPermanence(t *testing.T) {
	m, err := dewar.New(flask.Stored(memstore.New(memstore.Options{})))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []any{true, nil, "no"} {
		visit(m, "", func(s *dewar.Session) {
			s.Set("_permanent", want)
			s.Set("a", 1)
			s.Clear()
			if got := s.Get("_permanent"); got != want || s.Len() != 1 {
				t.Errorf("%v became %v", want, got)
			}
		})
	}
}

// A life with Flask-Session 0.3.2: every request is answered with a cookie, an
// id is a UUID, a record a pickle of protocol 4, and nothing but clear() ends it.
func TestStored032(t *testing.T) {
	st := memstore.New(memstore.Options{})
	o, err := flask.Stored032FromMap(map[string]any{
		"SECRET_KEY": secret, "SESSION_REFRESH_EACH_REQUEST": false, "SESSION_COOKIE_SAMESITE": "Lax",
		"SESSION_COOKIE_PARTITIONED": true, "SESSION_ID_LENGTH": 8, "SESSION_SERIALIZATION_FORMAT": "json",
	}, st)
	if err != nil {
		t.Fatal(err)
	}
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	header := visit(m, "", func(*dewar.Session) {})
	cookie, attributes, _ := strings.Cut(header.Get("Set-Cookie"), ";")
	_, id, _ := strings.Cut(cookie, "=")
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) {
		t.Errorf("the id is no uuid4: %q", id)
	}
	if !regexp.MustCompile(`^ Expires=\w{3}, [^;]+ GMT; HttpOnly; Path=/$`).MatchString(attributes) || header.Get("Vary") != "" {
		t.Errorf("%v", header)
	}
	item, err := st.Load(t.Context(), "session:"+id)
	if want := "\x80\x04\x95\x12\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\n_permanent\x94\x88s."; err != nil || string(item.Data) != want {
		t.Errorf("got %q, %v, want %q", item.Data, err, want)
	}
	for _, step := range []struct {
		view func(*dewar.Session)
		want string
	}{
		{func(s *dewar.Session) { _ = s.Get("a") }, cookie + "; Expires="},
		{func(s *dewar.Session) { s.Clear() }, "session=; Expires=Thu, 01 Jan 1970 00:00:00 "},
	} {
		if got := visit(m, cookie, step.view); !strings.HasPrefix(got.Get("Set-Cookie"), step.want) || got.Get("Vary") != "" {
			t.Errorf("%v, want %s", got, step.want)
		}
	}
}
