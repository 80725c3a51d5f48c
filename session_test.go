package dewar_test

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/signing"
)

// A value of every kind comes back from the cookie as what it was.
func TestEveryKindOfValueSurvives(t *testing.T) {
	vals := map[string]any{
		"nil": nil, "bool": true, "int": int64(-7), "float": 1.0, "text": "é😀\u2028", "empty": "",
		"big": new(big.Int).Lsh(big.NewInt(1), 200), "bytes": []byte{0, 255}, "list": []any{int64(1), "a"},
		"tuple": dewar.Tuple{int64(1), []any{}}, "map": map[string]any{"k": int64(1)}, "markup": dewar.Markup("<b>"),
		"uuid": dewar.UUID{1, 2, 3}, "time": time.Unix(1700000000, 0).UTC(), " t": "a key like a tag",
	}
	m := manager(t, nil)
	cookie := signedIn(t, m, vals)
	do(m.Wrap(view(func(s *dewar.Session) {
		for k, want := range vals {
			got := s.Get(k)
			if gt, ok := got.(time.Time); ok {
				got = gt.UTC()
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %#v, want %#v", k, got, want)
			}
		}
		if s.Len() != len(vals) || s.IsNew() {
			t.Errorf("Len %d, IsNew %v", s.Len(), s.IsNew())
		}
	})), cookie)
}

func TestInPlaceChangesAreSaved(t *testing.T) {
	m := manager(t, nil)
	cookie := signedIn(t, m, map[string]any{"cart": map[string]any{"n": 1}, "list": []any{1, 2}})
	res := do(m.Wrap(view(func(s *dewar.Session) {
		s.Get("cart").(map[string]any)["n"] = 2
		s.Get("list").([]any)[0] = "changed"
	})), cookie)
	do(m.Wrap(view(func(s *dewar.Session) {
		if got := fmt.Sprint(s.Get("cart"), s.Get("list")); got != "map[n:2] [changed 2]" {
			t.Errorf("got %s", got)
		}
	})), cookieOf(res))
}

func TestReadingAndEqualValuesDontWrite(t *testing.T) {
	m := manager(t, nil)
	cookie := signedIn(t, m, map[string]any{"m": map[string]any{"n": 1}, "a": "x"})
	res := do(m.Wrap(view(func(s *dewar.Session) {
		_, _ = s.Get("m"), s.Get("a")
		s.Set("a", "x")
		s.Delete("nothing")
	})), cookie)
	if c := cookieOf(res); c != "" {
		t.Errorf("a cookie was set")
	}
	if got := res.Header.Get("Vary"); got != "Cookie" {
		t.Errorf("Vary: %q", got)
	}
}

func TestSetTakesACopy(t *testing.T) {
	s := dewar.NewSession(nil)
	list := []any{"a"}
	s.Set("l", list)
	list[0] = "b"
	if got := s.Get("l").([]any)[0]; got != "a" {
		t.Errorf("got %v", got)
	}
}

// What can't be a value leaves the old one, shows in Err, and is forgiven once
// the key is set or deleted.
func TestSetOfTheImpossible(t *testing.T) {
	s := dewar.NewSession(map[string]any{"f": 1})
	s.Set("f", func() {})
	var bad *codec.ValueError
	if !errors.As(s.Err(), &bad) || s.Get("f") != int64(1) {
		t.Errorf("Err %v, value %v", s.Err(), s.Get("f"))
	}
	s.Delete("f")
	if s.Err() != nil {
		t.Errorf("after Delete: %v", s.Err())
	}
	s.Set("g", func() {})
	s.Set("g", 2)
	if s.Err() != nil || s.Get("g") != int64(2) {
		t.Errorf("after another Set: %v", s.Err())
	}
}

// What was handed out to be changed in place is forgotten once it is replaced.
func TestSetReplacesWhatIsLive(t *testing.T) {
	s := dewar.NewSession(map[string]any{"m": map[string]any{"old": true}})
	held := s.Get("m").(map[string]any)
	s.Set("m", map[string]any{"new": true})
	held["late"] = true
	if got := fmt.Sprint(s.Get("m")); got != "map[new:true]" {
		t.Errorf("got %s", got)
	}
}

// Another program's spelling of a value isn't a change.
func TestForeignSpellingIsNoChange(t *testing.T) {
	keys := ring(t, secret)
	m := manager(t, func(o *dewar.Options) { o.Backend = dewar.Cookies(keys).Backend })
	text := `{"m" : {"z": 1.50, "a": "\u00e9é"}, "n": 1e2}`
	cookie := "__Host-session=" + string(signing.NewURLSafe(keys, signing.Options{Salt: "cookie-session"}).Seal(nil, []byte(text), time.Now()))
	res := do(m.Wrap(view(func(s *dewar.Session) {
		if s.Get("m").(map[string]any)["z"] != 1.5 {
			t.Error("not read")
		}
	})), cookie)
	if cookieOf(res) != "" {
		t.Error("read, and written")
	}
	// Written because of another value, it goes back as it came.
	res = do(m.Wrap(view(func(s *dewar.Session) { _ = s.Get("m"); s.Set("x", true) })), cookie)
	payload, _, err := signing.NewURLSafe(keys, signing.Options{Salt: "cookie-session"}).Unseal(strings.TrimPrefix(cookieOf(res), "__Host-session="), time.Now(), time.Hour)
	if want := `{"m":{"z": 1.50, "a": "\u00e9é"},"n":1e2,"x":true}`; err != nil || string(payload) != want {
		t.Errorf("got %s, want %s (%v)", payload, want, err)
	}
}

func TestUpdateAndAll(t *testing.T) {
	s := dewar.NewSession(nil)
	for range 3 {
		s.Update("n", func(v any) any { n, _ := v.(int64); return n + 1 })
	}
	s.Set("b", true)
	var got []string
	for k, v := range s.All() {
		got = append(got, fmt.Sprint(k, v))
		s.Delete(k)
	}
	if want := []string{"n3", "btrue"}; !reflect.DeepEqual(got, want) || s.Len() != 0 {
		t.Errorf("got %v, Len %d", got, s.Len())
	}
}

// Many keys make the session use a map; it must behave as the scan does.
func TestManyKeys(t *testing.T) {
	m := manager(t, nil)
	vals := map[string]any{}
	for i := range 100 {
		vals[fmt.Sprint("k", i)] = int64(i)
	}
	cookie := signedIn(t, m, vals)
	res := do(m.Wrap(view(func(s *dewar.Session) {
		for i := range 50 {
			s.Delete(fmt.Sprint("k", i))
			s.Set(fmt.Sprint("n", i), i)
		}
	})), cookie)
	do(m.Wrap(view(func(s *dewar.Session) {
		if s.Len() != 100 || s.Has("k49") || s.Get("k50") != int64(50) || s.Get("n49") != int64(49) {
			t.Errorf("Len %d", s.Len())
		}
	})), cookieOf(res))
}

func TestGoroutinesOfOneRequest(t *testing.T) {
	s := dewar.NewSession(nil)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 100 {
				dewar.Key[int]("n").Update(s, func(n int) int { return n + 1 })
				s.Set(fmt.Sprint(i), i)
				s.Flash("x", "")
				_ = s.Len()
			}
		})
	}
	wg.Wait()
	if n := dewar.Key[int]("n").Get(s); n != 800 {
		t.Errorf("n = %d", n)
	}
}

func TestKeys(t *testing.T) {
	type user struct {
		Name string   `json:"name"`
		Tags []string `json:"tags,omitempty"`
	}
	s := dewar.NewSession(nil)
	const Who, Views = dewar.Key[user]("who"), dewar.Key[int]("views")

	if _, err := Who.Lookup(s); !errors.Is(err, dewar.ErrNoValue) {
		t.Errorf("absent: %v", err)
	}
	Who.Set(s, user{"Ada", []string{"x"}})
	if got := Who.Get(s); got.Name != "Ada" || len(got.Tags) != 1 {
		t.Errorf("got %+v", got)
	}
	s.Set("views", "many")
	var te *dewar.TypeError
	if n, err := Views.Lookup(s); n != 0 || !errors.As(err, &te) || te.Key != "views" || te.Got != "string" {
		t.Errorf("wrong type: %d, %v", n, err)
	}
	if _, ok := Views.Take(s); ok || !s.Has("views") {
		t.Error("Take of another type took it")
	}
	if who, ok := Who.Take(s); !ok || who.Name != "Ada" || s.Has("who") {
		t.Errorf("Take: %+v %v", who, ok)
	}
	if dewar.Key[any]("views").Get(s) != "many" {
		t.Error("Key[any]")
	}
}

func TestNativeFlashes(t *testing.T) {
	s := dewar.NewSession(nil)
	s.Flash("saved", "")
	s.Flash("broken", "error")
	s.Flash(dewar.Markup("<b>"), "info")
	if got := fmt.Sprint(s.Flashes("error")); got != "[{error broken}]" {
		t.Errorf("errors: %s", got)
	}
	if got := fmt.Sprint(s.Flashes()); got != "[{message saved} {info <b>}]" {
		t.Errorf("the rest: %s", got)
	}
	if s.Flashes() != nil || s.Has("_flashes") {
		t.Error("they come twice")
	}
}

func TestLoginAndDestroy(t *testing.T) {
	m := manager(t, nil)
	cookie := cookieOf(do(m.Wrap(view(func(s *dewar.Session) { s.Login("17") }))))
	res := do(m.Wrap(view(func(s *dewar.Session) {
		if s.User() != "17" {
			t.Errorf("User: %q", s.User())
		}
		s.Destroy()
		if s.User() != "" {
			t.Error("still signed in")
		}
	})), cookie)
	want := "__Host-session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; HttpOnly; Path=/; SameSite=Lax"
	if got := res.Header.Get("Set-Cookie"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// The last flash of a sign-out is the first value of another session.
	res = do(m.Wrap(view(func(s *dewar.Session) { s.Destroy(); s.Flash("bye", "") })), cookie)
	do(m.Wrap(view(func(s *dewar.Session) {
		if s.Len() != 1 || s.User() != "" || len(s.Flashes()) != 1 {
			t.Error("the flash is lost, or the session isn't")
		}
	})), cookieOf(res))
}

func TestWordsOfTheOtherRules(t *testing.T) {
	s := dewar.NewSession(nil)
	s.Permanent(true)
	if s.Err() == nil || s.Len() != 0 {
		t.Error("Permanent under native rules")
	}
}
