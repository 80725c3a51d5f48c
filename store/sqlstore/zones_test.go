package sqlstore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// A zoned is a database whose server, connections and application have clocks in
// different zones.
func zoned(t *testing.T, f func(t *testing.T, p place, settings string)) {
	newYork := "loc=America%2FNew_York&parseTime=true&time_zone='-05:00'"
	for name, row := range map[string]struct {
		start    func(t testing.TB) place
		settings []string
	}{
		"postgresql": {
			func(t testing.TB) place { return postgres(t, "-c", "timezone=Asia/Tokyo") },
			[]string{"timezone=America/New_York", "timezone=Asia/Tokyo&datestyle=SQL,DMY", "timezone=UTC&default_query_exec_mode=simple_protocol"},
		},
		"mysql": {
			func(t testing.TB) place { return mysql(t, "--default-time-zone=+09:00") },
			[]string{newYork, newYork + "&interpolateParams=true", "parseTime=false"},
		},
		"sqlite": {sqlite, []string{"_timezone=America%2FNew_York", "_time_format=sqlite", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := row.start(t)
			p.t = t
			for _, settings := range row.settings {
				p := p.fresh()
				t.Run(settings, func(t *testing.T) {
					p.t = t
					f(t, p, settings)
				})
			}
		})
	}
}

// Lives are right to the step, whatever the zones of server, connection and
// application: on an ordinary day, in the nights when clocks are put forward and
// back in New York, at the end of February, and over 31 days and ten years.
func TestLivesInEveryZone(t *testing.T) {
	const month, decade = 31 * 24 * time.Hour, 10 * 365 * 24 * time.Hour
	newYork, err := time.LoadLocation("America/New_York")
	must(t, err)
	zoned(t, func(t *testing.T, p place, settings string) {
		c := clockAt(time.Unix(0, 0))
		o := sqlstore.Options{Now: func() time.Time { return c.now().In(newYork) }}
		st := p.on(p.open(settings), o)
		plain := p.bare(p.open(""), options(c)) // beside it, a connection that was told nothing
		for _, start := range []string{
			"2026-11-23T08:00:00Z", "2026-11-23T23:59:59.999999Z",
			"2026-03-08T06:59:30Z", "2026-03-08T02:30:00Z", // New York has no 02:30 that day
			"2026-11-01T05:30:00Z", "2026-11-01T01:59:59.5Z", // and this one twice
			"2028-02-29T23:59:59Z", "2037-12-31T23:59:59Z", "2038-01-19T03:14:07Z", "2000-01-01T00:00:00.000001Z",
		} {
			at, err := time.Parse(time.RFC3339, start)
			must(t, err)
			for _, life := range []time.Duration{time.Microsecond, time.Second, 1500 * time.Millisecond, time.Hour, month, decade} {
				name := fmt.Sprintf("%s and %v", start, life)
				step := time.Microsecond
				if p.dialect == sqlstore.MySQL {
					step = time.Second
				}
				end := at.Add(life + step - 1).Truncate(step)
				if at.Add(life).Truncate(step).Equal(at.Add(life)) {
					end = at.Add(life)
				}
				c.set(at)
				it := create(t, st, "k", "x", life)
				if it.Left != end.Sub(at) {
					t.Errorf("%s: Create says %v left, want %v", name, it.Left, end.Sub(at))
				}
				for _, st := range []dewar.Store{st, plain} {
					c.set(at)
					if got := holds(t, st, "k", "x"); got.Left != end.Sub(at) {
						t.Errorf("%s: Load says %v left, want %v", name, got.Left, end.Sub(at))
					}
					for l, err := range dewar.List(t.Context(), st, "k") {
						if err != nil || l.Left != end.Sub(at) || l.Size != 1 {
							t.Errorf("%s: listed %+v, %v", name, l, err)
						}
					}
					must(t, st.Touch(t.Context(), "k", life/2+1)) // shortens nothing
					c.set(end.Add(-time.Microsecond))
					holds(t, st, "k", "x")
					c.set(end)
					absent(t, st, "k")
					gives(t, name+": touch", st.Touch(t.Context(), "k", life), dewar.ErrNotFound)
				}
				n, err := plain.Purge(t.Context())
				if n != 1 || err != nil {
					t.Errorf("%s: purged %d, %v", name, n, err)
				}
			}
		}
	})
}

// A touch leads as far as it should over a night in which clocks change, and an
// update shortens.
func TestTouchInEveryZone(t *testing.T) {
	zoned(t, func(t *testing.T, p place, settings string) {
		c := clockAt(time.Date(2026, 3, 8, 6, 30, 0, 0, time.UTC))
		st := p.on(p.open(settings), options(c))
		it := create(t, st, "k", "x", time.Minute)
		for _, life := range []time.Duration{time.Hour, 90 * time.Minute, time.Second} {
			must(t, st.Touch(t.Context(), "k", life))
		}
		if it = holds(t, st, "k", "x"); it.Left != 90*time.Minute {
			t.Errorf("%v left after touches", it.Left)
		}
		it, err := st.Update(t.Context(), "k", it, []byte("y"), 2*time.Second)
		must(t, err)
		if again := holds(t, st, "k", "y"); it.Left != 2*time.Second || again.Left != it.Left {
			t.Errorf("%v and %v left after an update", it.Left, again.Left)
		}
	})
}

// A life that can't be written down is refused.
func TestLivesThatAreNone(t *testing.T) {
	p := sqlite(t)
	c := clockAt(time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC))
	st := p.store(options(c))
	create(t, st, "k", "x", time.Minute)
	for _, life := range []time.Duration{0, -time.Second, time.Hour} {
		_, err := st.Create(t.Context(), "l", nil, life)
		gives(t, "create", err, sqlstore.ErrLife)
		_, err = st.Update(t.Context(), "k", item("x"), nil, life)
		gives(t, "update", err, sqlstore.ErrLife)
		gives(t, "touch", st.Touch(t.Context(), "k", life), sqlstore.ErrLife)
	}
}
