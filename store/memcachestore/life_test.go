package memcachestore_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/memcachestore"
)

// noting keeps what was written last.
type noting struct {
	net.Conn
	last *string
}

func (n noting) Write(p []byte) (int, error) {
	*n.last = string(p)
	return n.Conn.Write(p)
}

const day = 24 * time.Hour

// A life as it is sent: seconds up to 30 days, one more than it has for the
// server's clock ticks once a second, and beyond a point in time, rounded up.
// What ends after the 32 bits that a server reads is refused: it would end at
// once.
func TestLives(t *testing.T) {
	server := realserver.Memcached(t)
	now := time.Now()
	for _, row := range []struct {
		life time.Duration
		left time.Duration
		ends time.Time // for a clock that isn't now
	}{
		{life: time.Nanosecond, left: 2 * time.Second},
		{life: time.Second, left: 2 * time.Second},
		{life: 1001 * time.Millisecond, left: 3 * time.Second},
		{life: time.Hour, left: time.Hour + time.Second},
		{life: 30*day - time.Second, left: 30*day - time.Second},
		{life: 30 * day, left: 30 * day},
		{life: 30*day + time.Second, left: 30*day + time.Second},
		{life: 31 * day, left: 31 * day},
		{life: 3650 * day, left: 3650 * day},
	} {
		for verb, give := range map[string]func(*memcachestore.Store, string) error{
			"Create": func(st *memcachestore.Store, k string) error {
				_, err := st.Create(t.Context(), k, nil, row.life)
				return err
			},
			"Update": func(st *memcachestore.Store, k string) error {
				_, err := st.Update(t.Context(), k, create(t, st, k, ""), nil, row.life)
				return err
			},
			"Touch": func(st *memcachestore.Store, k string) error {
				if _, err := st.Create(t.Context(), k, nil, min(row.life, time.Second)); err != nil {
					return err
				}
				return st.Touch(t.Context(), k, row.life)
			},
		} {
			st := open(t, memcachestore.Options{}, server.Addr)
			k := fmt.Sprint(key, verb, row.life.Nanoseconds())
			if err := give(st, k); err != nil {
				t.Errorf("%s, %v: %v", verb, row.life, err)
				continue
			}
			var secs int64
			_, _ = fmt.Sscanf(say(t, server.Addr, "mg "+k+" t"), "HD t%d", &secs)
			// a second has passed; a point in time is a second off by two clocks, and rounded up
			if left := time.Duration(secs) * time.Second; left < row.left-2*time.Second || left > row.left+2*time.Second {
				t.Errorf("%s, %v: %v are left, want %v", verb, row.life, left, row.left)
			}
		}
	}
	// what is sent, where the server's clock doesn't blur it
	for _, row := range []struct {
		life time.Duration
		want int64
	}{{1, 2}, {time.Second, 2}, {1001 * time.Millisecond, 3}, {time.Hour, 3601}, {30*day - 2*time.Second, 2591999}, {31 * day, now.Unix() + 31*86400 + 1}} {
		var sent string
		st := open(t, memcachestore.Options{Now: func() time.Time { return now }, Dial: through(func(c net.Conn) net.Conn { return noting{c, &sent} })}, server.Addr)
		k := fmt.Sprint(key, "sent", row.life.Nanoseconds())
		if _, err := st.Create(t.Context(), k, nil, row.life); err != nil {
			t.Error(err)
		}
		if want := fmt.Sprintf("add %s 0 %d 0\r\n\r\n", k, row.want); sent != want {
			t.Errorf("%v: sent %q, want %q", row.life, sent, want)
		}
	}
	last := time.Date(2038, 1, 19, 3, 14, 7, 0, time.UTC)
	for _, row := range []struct {
		now  time.Time
		life time.Duration
		ok   bool
	}{
		{last.Add(-31 * day), 31 * day, true},
		{last.Add(-31 * day), 31*day + 1, false},
		{last.Add(31 * day), 29 * day, true}, // seconds need no date
		{last.Add(31 * day), 31 * day, false},
		{now, 20 * 365 * day, false},
	} {
		st := open(t, memcachestore.Options{Now: func() time.Time { return row.now }}, server.Addr)
		k := strings.ReplaceAll(fmt.Sprint(key, row), " ", "")
		if _, err := st.Create(t.Context(), k, nil, row.life); errors.Is(err, memcachestore.ErrLife) == row.ok || row.ok && err != nil {
			t.Errorf("%v at %v: %v, want it taken: %v", row.life, row.now, err, row.ok)
		}
		create(t, st, k+"2", "")
		if err := st.Touch(t.Context(), k+"2", row.life); errors.Is(err, memcachestore.ErrLife) == row.ok || row.ok && err != nil {
			t.Errorf("Touch, %v at %v: %v, want it taken: %v", row.life, row.now, err, row.ok)
		}
		if got := say(t, server.Addr, "mg "+k+"2 s"); got != "HD s0" {
			t.Errorf("%v at %v: a touch made the item vanish: %q", row.life, row.now, got)
		}
	}
}
