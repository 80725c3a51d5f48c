package bench

import (
	"fmt"
	"net/http"
	"sync"
)

// A Subject is one library on one store, as the probes meet it: by what it
// does to sessions, not how fast.
type Subject struct {
	Name string
	// serve makes a handler of what it does with its session; wrote says that
	// the session is to be saved, for those who don't see that themselves.
	serve func(act func(visit) (wrote bool)) http.Handler
}

// A visit is what a probe's handler does with a session, by the means that the
// library documents. Its values are numbers.
type visit interface {
	Int(key string) int // 0: absent
	Put(key string, n int)
	Add(key string) // 1 to what is there
	End() error
}

// Findings count what went wrong in a number of rounds.
type Findings struct {
	Rounds     int
	Writers    int     // at once, in a round
	LostWrites float64 // a round: keys that a writer had set and nobody has
	LostAdds   float64 // a round: what a counter lacks
	Erased     int     // rounds in which a slow reader erased what another wrote meanwhile
	Revived    int     // rounds in which a slow writer brought an ended session back
	Kept       int     // rounds in which a slow reader did
}

// Probe asks the subject all questions.
func (s Subject) Probe(rounds, writers int) (Findings, error) {
	f := Findings{Rounds: rounds, Writers: writers}
	for range rounds {
		lost, err := s.lostWrites(writers)
		if err != nil {
			return f, err
		}
		f.LostWrites += float64(lost) / float64(rounds)
		if lost, err = s.lostAdds(writers); err != nil {
			return f, err
		}
		f.LostAdds += float64(lost) / float64(rounds)
		erased, err := s.readerErases()
		if err != nil {
			return f, err
		}
		revived, err := s.revives(func(v visit) bool { v.Put("late", 1); return true })
		if err != nil {
			return f, err
		}
		kept, err := s.revives(func(visit) bool { return false })
		if err != nil {
			return f, err
		}
		for _, c := range []struct {
			happened bool
			count    *int
		}{{erased, &f.Erased}, {revived, &f.Revived}, {kept, &f.Kept}} {
			if c.happened {
				*c.count++
			}
		}
	}
	return f, nil
}

// do sends a request and returns the cookie that a browser holds afterwards,
// and the response's status.
func (s Subject) do(cookie string, act func(visit) bool) (after string, status int) {
	c := newClient(s.serve(act), cookie)
	status = c.send()
	if set := c.cookie(); set != "" {
		return set, status
	}
	return cookie, status
}

// begin makes a session; every probe starts with one.
func (s Subject) begin() (cookie string, err error) {
	cookie, _ = s.do("", func(v visit) bool { v.Put("seed", 1); return true })
	if cookie == "" || s.value(cookie, "seed") != 1 {
		return "", fmt.Errorf("bench: %s doesn't keep sessions", s.Name)
	}
	return cookie, nil
}

// value reads a number as a visitor with that cookie meets it.
func (s Subject) value(cookie, key string) (n int) {
	s.do(cookie, func(v visit) bool { n = v.Int(key); return false })
	return n
}

// together has n requests act on one session after all of them have read it,
// and returns the cookie of the last response. The error says that one of them
// was told that it failed.
func (s Subject) together(n int, cookie string, act func(i int, v visit)) (last string, err error) {
	var all, reading sync.WaitGroup
	var mu sync.Mutex
	reading.Add(n)
	for i := range n {
		all.Go(func() {
			set, status := s.do(cookie, func(v visit) bool {
				v.Int("seed")
				reading.Done()
				reading.Wait()
				act(i, v)
				return true
			})
			mu.Lock()
			defer mu.Unlock()
			last = set
			if status >= 400 {
				err = fmt.Errorf("bench: %s: status %d", s.Name, status)
			}
		})
	}
	all.Wait()
	return last, err
}

// lostWrites counts the keys that are missing after n requests set one each.
func (s Subject) lostWrites(n int) (lost int, err error) {
	cookie, err := s.begin()
	if err != nil {
		return 0, err
	}
	last, err := s.together(n, cookie, func(i int, v visit) { v.Put(fmt.Sprint("k", i), 1) })
	if err != nil {
		return 0, err
	}
	s.do(last, func(v visit) bool {
		for i := range n {
			if v.Int(fmt.Sprint("k", i)) != 1 {
				lost++
			}
		}
		return false
	})
	return lost, nil
}

// lostAdds counts what a counter lacks after n requests added one each.
func (s Subject) lostAdds(n int) (lost int, err error) {
	cookie, err := s.begin()
	if err != nil {
		return 0, err
	}
	last, err := s.together(n, cookie, func(_ int, v visit) { v.Add("n") })
	return n - s.value(last, "n"), err
}

// readerErases reports whether a write is gone after a request that began
// before it, and ended after it, and only read.
func (s Subject) readerErases() (bool, error) {
	cookie, err := s.begin()
	if err != nil {
		return false, err
	}
	var after string
	last, _ := s.do(cookie, func(v visit) bool {
		v.Int("seed")
		after, _ = s.do(cookie, func(v visit) bool { v.Put("cart", 1); return true })
		return false
	})
	if last == cookie { // the reader set no cookie
		last = after
	}
	return s.value(last, "cart") != 1, nil
}

// revives reports whether a session that another request ended is there again
// under its cookie after a request that began before that, and acted after it.
func (s Subject) revives(act func(visit) bool) (bool, error) {
	cookie, err := s.begin()
	if err != nil {
		return false, err
	}
	s.do(cookie, func(v visit) bool {
		v.Int("seed")
		s.do(cookie, func(v visit) bool { err = v.End(); return false })
		return act(v)
	})
	return s.value(cookie, "seed") == 1, err
}
