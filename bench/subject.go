package bench

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/alexedwards/scs/goredisstore"
	"github.com/alexedwards/scs/v2"
	scsmem "github.com/alexedwards/scs/v2/memstore"
	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/store/memstore"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/gorilla/sessions"
)

// Subjects are those of the table in docs/guarantees.md, on the Redis at addr
// and on what needs none. What they open is closed with tb.
func Subjects(tb testing.TB, addr string) []Subject {
	tb.Helper()
	ring, err := dewar.NewRing(dewar.Keys{Current: []byte(key)})
	if err != nil {
		tb.Fatal(err)
	}
	scsIdle := scs.New()
	scsIdle.Store = goredisstore.New(goRedis(tb, addr))
	scsIdle.IdleTimeout = time.Hour
	scsRedis, scsMemory := scs.New(), scs.New()
	scsRedis.Store = scsIdle.Store
	scsMemory.Store = scsmem.NewWithCleanupInterval(0)
	return []Subject{
		dewarSubject(tb, "Dewar, Redis", dewar.Stored(redisStore(tb, "redis://"+addr, redisstore.Options{}))),
		dewarSubject(tb, "Dewar, Redis, Flask-Session's rules", flask.Stored(redisStore(tb, "redis://"+addr, redisstore.Options{WholeSeconds: true}))),
		dewarSubject(tb, "Dewar, memory", dewar.Stored(memstore.New(memstore.Options{}))),
		dewarSubject(tb, "Dewar, signed cookie", dewar.Cookies(ring)),
		{"scs, Redis", scsServe(scsRedis)},
		{"scs, Redis, IdleTimeout", scsServe(scsIdle)},
		{"scs, memory", scsServe(scsMemory)},
		{"gorilla, Redis (redistore)", gorillaServe(rediStore(tb, addr))},
		{"gorilla, signed cookie", gorillaServe(sessions.NewCookieStore([]byte(key)))},
	}
}

type dewarVisit struct{ *dewar.Session }

func dewarSubject(tb testing.TB, name string, o dewar.Options) Subject {
	tb.Helper()
	// What the probes provoke, a change to an ended session, stays out of the log.
	o.Observer = dewar.SlogObserver(slog.New(slog.DiscardHandler))
	m, err := dewar.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return Subject{name, func(act func(visit) bool) http.Handler {
		return m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			act(dewarVisit{dewar.From(r.Context())})
			reply(w, true)
		}))
	}}
}

func (v dewarVisit) Int(k string) int    { return dewar.Key[int](k).Get(v.Session) }
func (v dewarVisit) Put(k string, n int) { v.Set(k, n) }
func (v dewarVisit) Add(k string) {
	dewar.Key[int](k).Update(v.Session, func(n int) int { return n + 1 })
}
func (v dewarVisit) End() error { v.Destroy(); return nil }

type scsVisit struct {
	m *scs.SessionManager
	r *http.Request
}

func scsServe(m *scs.SessionManager) func(func(visit) bool) http.Handler {
	return func(act func(visit) bool) http.Handler {
		return m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			act(scsVisit{m, r})
			reply(w, true)
		}))
	}
}

func (v scsVisit) Int(k string) int    { return v.m.GetInt(v.r.Context(), k) }
func (v scsVisit) Put(k string, n int) { v.m.Put(v.r.Context(), k, n) }
func (v scsVisit) Add(k string)        { v.Put(k, v.Int(k)+1) }
func (v scsVisit) End() error          { return v.m.Destroy(v.r.Context()) }

type gorillaVisit struct {
	s *sessions.Session
	w http.ResponseWriter
	r *http.Request
}

func gorillaServe(store sessions.Store) func(func(visit) bool) http.Handler {
	return func(act func(visit) bool) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s, err := store.Get(r, sessionName)
			if err == nil && act(gorillaVisit{s, w, r}) {
				err = s.Save(r, w)
			}
			if err != nil {
				http.Error(w, "no session", http.StatusInternalServerError)
				return
			}
			reply(w, true)
		})
	}
}

func (v gorillaVisit) Int(k string) int    { n, _ := v.s.Values[k].(int); return n }
func (v gorillaVisit) Put(k string, n int) { v.s.Values[k] = n }
func (v gorillaVisit) Add(k string)        { v.Put(k, v.Int(k)+1) }

// End is what gorilla's documentation says: MaxAge below 0, and Save.
func (v gorillaVisit) End() error {
	v.s.Options.MaxAge = -1
	return v.s.Save(v.r, v.w)
}
