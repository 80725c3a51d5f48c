package dewar_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/signing"
	"github.com/dewar-go/dewar/store/memstore"
)

// Whatever is wrong with a cookie, its bearer is answered in the same way, header by
// header and byte by byte: as a visitor without a session.
func TestRefusalsLookAlike(t *testing.T) {
	c := newClock()
	keys := ring(t, secret)
	strangers := ring(t, []byte("somebody else's key, long enough"))
	flip := func(v string) string { return v[:len(v)/2] + string(v[len(v)/2]^1) + v[len(v)/2+1:] }
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := dewar.From(r.Context())
		fmt.Fprintf(w, "hello %q, %d values, new: %v, %v", s.User(), s.Len(), s.IsNew(), s.Err())
	})
	answer := func(m *dewar.Manager, value string) string {
		res := do(m.Wrap(page), "__Host-session="+value)
		body, _ := io.ReadAll(res.Body)
		return fmt.Sprintln(res.StatusCode, res.Header, string(body))
	}
	for kind, row := range map[string]struct {
		backend dewar.Backend
		bad     func(good string) map[string]string
	}{
		"signed": {dewar.Cookies(keys).Backend, func(good string) map[string]string {
			sealer := signing.NewURLSafe(keys, signing.Options{Salt: "cookie-session"})
			return map[string]string{
				"changed": flip(good), "cut": good[:len(good)-1], "empty payload": "..", "no dots": "abc",
				"stranger's": string(signing.NewURLSafe(strangers, signing.Options{Salt: "cookie-session"}).Seal(nil, []byte(`{"_user_id":"7"}`), c.at)),
				"future":     string(sealer.Seal(nil, []byte(`{}`), c.at.Add(time.Hour))), "expired": string(sealer.Seal(nil, []byte(`{}`), c.at.Add(-25*time.Hour))),
				"no session": string(sealer.Seal(nil, []byte(`[1]`), c.at)), "a bomb": string(sealer.Seal(nil, bytes.Repeat([]byte(" "), 1<<20), c.at)),
				"other salt": string(signing.NewURLSafe(keys, signing.Options{Salt: "other"}).Seal(nil, []byte(`{}`), c.at)),
			}
		}},
		"encrypted": {dewar.EncryptedCookies(keys).Backend, func(good string) map[string]string {
			e := signing.NewEncrypted(keys, "cookie-session")
			return map[string]string{
				"changed": flip(good), "cut": good[:len(good)-4], "short": "AQ", "version": "Ag" + good[2:],
				"stranger's": string(signing.NewEncrypted(strangers, "cookie-session").Seal(nil, []byte(`{"_user_id":"7"}`), c.at)),
				"signed":     string(signing.NewURLSafe(keys, signing.Options{Salt: "cookie-session"}).Seal(nil, []byte(`{"_user_id":"7"}`), c.at)),
				"future":     string(e.Seal(nil, []byte(`{}`), c.at.Add(time.Hour))), "expired": string(e.Seal(nil, []byte(`{}`), c.at.Add(-25*time.Hour))),
				"no session": string(e.Seal(nil, []byte(`[1]`), c.at)), "plain": base64.RawURLEncoding.EncodeToString([]byte(`{"_user_id":"7"}`)),
			}
		}},
		"stored": {&dewar.InStore{Store: memstore.New(memstore.Options{Now: c.now})}, func(good string) map[string]string {
			return map[string]string{"unknown": flip(good), "cut": good[:42], "no id": "a b", "a path": "../x", "long": strings.Repeat("a", 5000)}
		}},
		"signed id": {dewar.SignedID{Backend: &dewar.InStore{Store: memstore.New(memstore.Options{Now: c.now})}, Keys: keys}, func(good string) map[string]string {
			signer := signing.NewSigner(keys, "flask-session", signing.SHA1, signing.HMAC)
			return map[string]string{"changed": flip(good), "unsigned": good[:43], "unknown": string(signer.Sign(nil, []byte("abc"))), "empty": string(signer.Sign(nil, nil))}
		}},
	} {
		m := managing(t, row.backend, func(o *dewar.Options) { o.Now = c.now })
		_, good, _ := strings.Cut(cookieOf(visit(m, "", func(s *dewar.Session) { s.Login("7") })), "=")
		if got := answer(m, good); !strings.Contains(got, `"7"`) {
			t.Fatalf("%s: %s", kind, got)
		}
		want := answer(m, "x")
		for name, value := range row.bad(good) {
			if got := answer(m, value); got != want {
				t.Errorf("%s, %s: got %s, want %s", kind, name, got, want)
			}
		}
	}
}

// An error page says nothing of what failed: no address, no word of a driver, no key.
// Those who see events have it all.
func TestErrorPagesSayNothing(t *testing.T) {
	const detail = "dial tcp 10.1.2.3:6379: WRONGPASS user=admin"
	for name, err := range map[string]error{
		"refused": errors.New(detail), "canceled": fmt.Errorf("%s: %w", detail, context.Canceled), "late": fmt.Errorf("%s: %w", detail, context.DeadlineExceeded),
		"undecodable": fmt.Errorf("%s: %w", detail, dewar.ErrUndecodable),
	} {
		home := memstore.New(memstore.Options{})
		cookie := signedIn(t, managing(t, &dewar.InStore{Store: home}, nil), map[string]any{"a": 1})
		for verb, f := range map[string]func(*dewar.Session){
			"load": func(*dewar.Session) {}, "update": func(s *dewar.Session) { s.Set("a", 2) }, "remove": func(s *dewar.Session) { s.Destroy() }, "create": func(s *dewar.Session) { s.Set("a", 2) },
		} {
			var seen recorder
			m := managing(t, &dewar.InStore{Store: failingVerb{home, verb, err}}, func(o *dewar.Options) { o.Observer = dewar.Patient(&seen) })
			sent := cookie
			if verb == "create" {
				sent = ""
			}
			res := visit(m, sent, f)
			body, _ := io.ReadAll(res.Body)
			if text := fmt.Sprint(res.Header, string(body)); strings.Contains(text, "10.1.2.3") || strings.Contains(text, "WRONGPASS") || res.Header["Set-Cookie"] != nil {
				t.Errorf("%s, %s: %d %s", name, verb, res.StatusCode, text)
			}
			if res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") == "" {
				t.Errorf("%s, %s: 503 without Retry-After", name, verb)
			}
			if want := verb == "load" && name == "undecodable"; (res.StatusCode == 200) != want || len(seen.events) != 1 {
				t.Errorf("%s, %s: %d, events %s", name, verb, res.StatusCode, seen.kinds())
			}
		}
	}
}

// failingVerb is a store one verb of which fails.
type failingVerb struct {
	dewar.Store
	verb string
	err  error
}

func (f failingVerb) Load(ctx context.Context, key string) (dewar.Item, error) {
	if f.verb == "load" {
		return dewar.Item{}, f.err
	}
	return f.Store.Load(ctx, key)
}

func (f failingVerb) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	if f.verb == "create" {
		return dewar.Item{}, f.err
	}
	return f.Store.Create(ctx, key, data, life)
}

func (f failingVerb) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	if f.verb == "update" {
		return dewar.Item{}, f.err
	}
	return f.Store.Update(ctx, key, old, data, life)
}

func (f failingVerb) Remove(ctx context.Context, key string, old dewar.Item) error {
	if f.verb == "remove" {
		return f.err
	}
	return f.Store.Remove(ctx, key, old)
}
