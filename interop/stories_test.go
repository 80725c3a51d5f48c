package interop

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// A story is told on a backend with two managers, as two processes have them, and
// with a clock of its own.
type story struct {
	*testing.T
	managers []*dewar.Manager
	now      time.Time
	replays  atomic.Int32
}

// tell makes a story on each backend.
func tell(t *testing.T, life dewar.Life, f func(s *story)) {
	for _, k := range keepers {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := &story{T: t, now: time.Now()}
			for _, st := range k.stores(t) {
				o := dewar.Stored(st)
				o.Backend.(*dewar.InStore).Timeout = 20 * time.Second // twelve backends take turns on a busy machine
				o.Life, o.Observer, o.Now = life, s, func() time.Time { return s.now }
				m, err := dewar.New(o)
				if err != nil {
					t.Fatal(err)
				}
				s.managers = append(s.managers, m)
			}
			f(s)
		})
	}
}

func (s *story) Observe(_ context.Context, e dewar.Event) {
	if e.Kind == dewar.Replayed {
		s.replays.Add(1)
	}
}

// visit sends a request to one of the processes, and gives the cookie that the
// browser has afterwards.
func (s *story) visit(cookie string, f func(*dewar.Session)) string {
	s.Helper()
	s.managers = append(s.managers[1:], s.managers[0])
	r := httptest.NewRequest("GET", "https://localhost/", nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := httptest.NewRecorder()
	s.managers[0].Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(dewar.From(r.Context())) })).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		s.Errorf("status %d", w.Code)
	}
	if set, _, ok := strings.Cut(w.Header().Get("Set-Cookie"), ";"); ok {
		return set
	}
	return cookie
}

// signIn gives the cookie of Ann's session.
func (s *story) signIn() string {
	return s.visit("", func(s *dewar.Session) { s.Login("Ann") })
}

// is checks whose session a cookie leads to, and gives the cookie that the browser
// has afterwards.
func (s *story) is(user, cookie string) string {
	s.Helper()
	return s.visit(cookie, func(at *dewar.Session) {
		if at.User() != user {
			s.Errorf("the session is that of %q, want %q", at.User(), user)
		}
	})
}

// The response that carried a renewed session's new cookie never arrived. Ann's
// browser comes with the previous one, at once, and hours later.
func TestTheLostResponse(t *testing.T) {
	tell(t, dewar.Life{Grace: 10 * time.Second}, func(s *story) {
		previous := s.signIn()
		present := s.visit(previous, func(s *dewar.Session) { s.Renew() })
		if present == previous {
			s.Fatal("no new cookie")
		}
		// Within the grace period she is led on, and is sent the present cookie again.
		s.now = s.now.Add(9 * time.Second)
		if got := s.is("Ann", previous); got != present {
			s.Error("the present cookie wasn't sent again")
		}

		// Another session, whose new cookie is lost for longer.
		previous = s.signIn()
		present = s.visit(previous, func(s *dewar.Session) { s.Renew() })
		s.now = s.now.Add(3 * time.Hour)
		if got := s.is("Ann", previous); got != present {
			s.Error("hours later the present cookie wasn't sent again")
		}
		// She has it now. The previous one is of no more use.
		s.is("Ann", present)
		if n := s.replays.Load(); n > 0 {
			s.Errorf("%d replays", n)
		}
	})
}

// A thief took Ann's cookie before it was renewed. Ann goes on with the present one;
// when the thief comes with the previous one after the grace period, the session
// ends for both, and an event says so.
func TestTheThief(t *testing.T) {
	tell(t, dewar.Life{Grace: 10 * time.Second}, func(s *story) {
		stolen := s.signIn()
		anns := s.visit(stolen, func(s *dewar.Session) { s.Renew() })
		s.is("Ann", anns)
		s.now = s.now.Add(11 * time.Second)
		s.is("", stolen)
		s.is("", anns)
		for deadline := time.Now().Add(10 * time.Second); s.replays.Load() != 1; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				s.Fatalf("%d replays were told", s.replays.Load())
			}
		}
	})
}

// Ann comes every fifty minutes. Her session gets a new id each hour, and ends
// three hours after it began, however often she came, and though the store would
// keep it for a day.
func TestTheAbsoluteEnd(t *testing.T) {
	tell(t, dewar.Life{Absolute: 3 * time.Hour, Renewal: time.Hour}, func(s *story) {
		cookie := s.signIn()
		cookies := []string{cookie}
		for range 3 {
			s.now = s.now.Add(50 * time.Minute)
			if cookie = s.is("Ann", cookie); cookie != cookies[len(cookies)-1] {
				cookies = append(cookies, cookie)
			}
		}
		if len(cookies) != 2 {
			s.Errorf("%d ids in two and a half hours, want 2", len(cookies))
		}
		s.now = s.now.Add(29 * time.Minute)
		cookie = s.is("Ann", s.is("Ann", cookie))
		s.now = s.now.Add(2 * time.Minute)
		for _, c := range append([]string{cookie}, cookies...) {
			s.is("", c)
		}
	})
}

// A thief plants an id in Ann's browser, one that he made up and one that he was given,
// and knows it when she has signed in. He has nothing by it once the grace period is
// over, nor after she has signed out.
func TestThePlantedID(t *testing.T) {
	tell(t, dewar.Life{Grace: 10 * time.Second}, func(s *story) {
		given := s.visit("", func(s *dewar.Session) { s.Set("cart", 1) })
		for _, planted := range []string{"__Host-session=" + strings.Repeat("thief", 8) + "abc", given} {
			anns := s.visit(planted, func(s *dewar.Session) { s.Login("Ann") })
			if anns == planted {
				s.Error("Ann signed in under the planted id")
			}
			s.is("Ann", anns)
			s.now = s.now.Add(11 * time.Second)
			s.is("", planted) // of the one he was given it is a replay, which ends hers
			if planted != given {
				s.is("Ann", anns)
			}
			s.visit(anns, func(s *dewar.Session) { s.Destroy() })
			s.is("", anns)
			s.is("", planted)
		}
	})
}
