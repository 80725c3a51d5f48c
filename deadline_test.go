package dewar_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// hanging is a store that answers nobody before his time is over.
type hanging struct{ dewar.Store }

func wait(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func (hanging) Load(ctx context.Context, _ string) (dewar.Item, error) {
	return dewar.Item{}, wait(ctx)
}

func (hanging) Create(ctx context.Context, _ string, _ []byte, _ time.Duration) (dewar.Item, error) {
	return dewar.Item{}, wait(ctx)
}

func (hanging) Update(ctx context.Context, _ string, _ dewar.Item, _ []byte, _ time.Duration) (dewar.Item, error) {
	return dewar.Item{}, wait(ctx)
}
func (hanging) Touch(ctx context.Context, _ string, _ time.Duration) error { return wait(ctx) }
func (hanging) Remove(ctx context.Context, _ string, _ dewar.Item) error   { return wait(ctx) }
func (hanging) Delete(ctx context.Context, _ string) error                 { return wait(ctx) }

// Every call of a store ends within a second, or the request's time if that is
// shorter, and the request is answered.
func TestStoreCallsHaveADeadline(t *testing.T) {
	for want, o := range map[time.Duration]dewar.InStore{time.Second: {}, 50 * time.Millisecond: {Timeout: 50 * time.Millisecond}} {
		for verb, ops := range map[string]func(s *dewar.Session){
			"load": func(*dewar.Session) { t.Error("called") }, "create": func(s *dewar.Session) { s.Set("a", 1) },
			"update": func(s *dewar.Session) { s.Set("a", 2) }, "delete": func(s *dewar.Session) { s.Destroy() },
			"renew": func(s *dewar.Session) { s.Renew() }, "touch": func(s *dewar.Session) { _ = s.Get("a") },
		} {
			synctest.Test(t, func(t *testing.T) {
				home := memstore.New(memstore.Options{})
				m, _ := stored(t, func(o *dewar.Options) { o.Backend = dewar.Stored(home).Backend })
				cookie := signedIn(t, m, map[string]any{"a": 1})
				time.Sleep(20 * time.Hour)
				o.Store = hanging{home}
				if verb != "load" {
					o.Store = loads{hanging{home}, home}
				}
				if verb == "create" {
					cookie = ""
				}
				hung, _ := stored(t, func(opt *dewar.Options) { opt.Backend = &o })
				begun := time.Now()
				res := visit(hung, cookie, ops)
				if took := time.Since(begun); took != want {
					t.Errorf("%s took %v, want %v", verb, took, want)
				}
				if wantStatus := map[bool]int{false: http.StatusServiceUnavailable, true: 200}[verb == "touch"]; res.StatusCode != wantStatus || res.Header.Get("Set-Cookie") != "" {
					t.Errorf("%s: status %d, %v", verb, res.StatusCode, res.Header)
				}
			})
		}
	}
	synctest.Test(t, func(t *testing.T) {
		hung, err := dewar.New(dewar.Options{Backend: &dewar.InStore{Store: hanging{}}, Observer: quiet})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		begun := time.Now()
		if _, err := hung.Load(ctx, "someid"); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 10*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}

// loads answers loads alone.
type loads struct {
	hanging
	from dewar.Store
}

func (l loads) Load(ctx context.Context, key string) (dewar.Item, error) {
	return l.from.Load(ctx, key)
}
