package redisstore_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/redisstore"
)

var (
	_ dewar.Store  = (*redisstore.Store)(nil)
	_ dewar.Lister = (*redisstore.Store)(nil)
)

// What is kept is a plain string with a time to live, rounded up.
func TestLayout(t *testing.T) {
	server := realserver.Redis(t)
	client := raw(t, server)
	for _, c := range []struct {
		name  string
		o     redisstore.Options
		life  time.Duration
		exact time.Duration
	}{
		{"a whole number of milliseconds", redisstore.Options{}, 1500 * time.Millisecond, 1500 * time.Millisecond},
		{"less than a millisecond", redisstore.Options{}, time.Nanosecond, time.Millisecond},
		{"a bit more", redisstore.Options{}, time.Hour + time.Nanosecond, time.Hour + time.Millisecond},
		{"whole seconds", redisstore.Options{WholeSeconds: true}, 31 * 24 * time.Hour, 31 * 24 * time.Hour},
		{"seconds rounded up", redisstore.Options{WholeSeconds: true}, 1900 * time.Millisecond, 2 * time.Second},
		{"less than a second", redisstore.Options{WholeSeconds: true}, time.Nanosecond, time.Second},
	} {
		st := open(t, "redis://"+server.Addr, c.o)
		do(t, client, "DEL", key)
		item, err := st.Create(t.Context(), key, []byte(secret), c.life)
		if err != nil || item.Left != c.exact || string(item.Data) != secret {
			t.Errorf("%s: Create: %v, left %v, want %v", c.name, err, item.Left, c.exact)
		}
		if c.exact < time.Second { // it may be gone by now
			continue
		}
		checkTTL(t, server, c.name+": Create", c.exact)
		do(t, client, "PERSIST", key)
		item, err = st.Update(t.Context(), key, item, []byte{0xff, 0}, c.life)
		if err != nil || item.Left != c.exact {
			t.Errorf("%s: Update: %v, left %v, want %v", c.name, err, item.Left, c.exact)
		}
		checkTTL(t, server, c.name+": Update", c.exact)
		do(t, client, "PEXPIRE", key, "900")
		if err := st.Touch(t.Context(), key, c.life); err != nil {
			t.Errorf("%s: Touch: %v", c.name, err)
		}
		checkTTL(t, server, c.name+": Touch", c.exact)
		if got, _ := do(t, client, "GET", key).ToString(); got != "\xff\x00" {
			t.Errorf("%s: kept %q", c.name, got)
		}
	}
}

// checkTTL checks what is left of key's life, less the time that passes.
func checkTTL(t *testing.T, server *realserver.Server, what string, want time.Duration) {
	t.Helper()
	ms, err := do(t, raw(t, server), "PTTL", key).AsInt64()
	got := time.Duration(ms) * time.Millisecond
	if err != nil || got > want || got < want-900*time.Millisecond {
		t.Errorf("%s: %v left, want %v (%v)", what, got, want, err)
	}
}

// A key that somebody made without a time to live keeps none when touched,
// and gets one when updated.
func TestKeyWithoutLife(t *testing.T) {
	server := realserver.Redis(t)
	client, st := raw(t, server), open(t, "redis://"+server.Addr, redisstore.Options{})
	do(t, client, "SET", key, secret)
	if err := st.Touch(t.Context(), key, time.Hour); err != nil {
		t.Fatal(err)
	}
	if ttl, _ := do(t, client, "PTTL", key).AsInt64(); ttl != -1 {
		t.Errorf("after Touch PTTL is %d, want -1", ttl)
	}
	if _, err := st.Update(t.Context(), key, dewar.Item{Data: []byte(secret)}, nil, time.Hour); err != nil {
		t.Fatal(err)
	}
	checkTTL(t, server, "Update", time.Hour)
}

// Keys and lives that are refused reach no server.
func TestRefusedArguments(t *testing.T) {
	server := realserver.Redis(t)
	st := open(t, "redis://"+server.Addr, redisstore.Options{})
	server.Stop()
	for _, bad := range []string{"", strings.Repeat("k", 64<<10+1)} {
		_, load := st.Load(t.Context(), bad)
		_, create := st.Create(t.Context(), bad, nil, time.Hour)
		_, update := st.Update(t.Context(), bad, dewar.Item{}, nil, time.Hour)
		for _, err := range []error{load, create, update, st.Touch(t.Context(), bad, time.Hour), st.Remove(t.Context(), bad, dewar.Item{}), st.Delete(t.Context(), bad)} {
			if verb.Answered(err) || len(err.Error()) > 100 || !strings.HasPrefix(err.Error(), "redisstore: the key is ") {
				t.Errorf("a key of %d bytes: %v", len(bad), err)
			}
		}
	}
	for _, life := range []time.Duration{0, -time.Second} {
		_, create := st.Create(t.Context(), key, nil, life)
		_, update := st.Update(t.Context(), key, dewar.Item{}, nil, life)
		for _, err := range []error{create, update, st.Touch(t.Context(), key, life)} {
			if verb.Answered(err) || !strings.Contains(err.Error(), "life") {
				t.Errorf("a life of %v: %v", life, err)
			}
		}
	}
}

// Of 64 goroutines on two connections that update one item, one wins a round.
func TestOneWinner(t *testing.T) {
	server := realserver.Redis(t)
	stores := [...]*redisstore.Store{
		open(t, "redis://"+server.Addr, redisstore.Options{}),
		open(t, "redis+unix://"+server.Socket, redisstore.Options{}),
	}
	item := create(t, stores[0], key, "start")
	for round := range 30 {
		var won, lost atomic.Int32
		var next atomic.Pointer[dewar.Item]
		var all sync.WaitGroup
		for i := range 64 {
			all.Go(func() {
				data := []byte(strconv.Itoa(round) + "/" + strconv.Itoa(i))
				saved, err := stores[i%2].Update(context.Background(), key, item, data, time.Hour)
				switch {
				case err == nil:
					won.Add(1)
					next.Store(&saved)
				case errors.Is(err, dewar.ErrConflict):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || lost.Load() != 63 {
			t.Fatalf("round %d: %d winners and %d conflicts of 64", round, won.Load(), lost.Load())
		}
		item = *next.Load()
		if now, err := stores[0].Load(t.Context(), key); err != nil || string(now.Data) != string(item.Data) {
			t.Fatalf("round %d: the winner wrote %s and %s is there (%v)", round, item.Data, now.Data, err)
		}
	}
}

// A read costs little beside what the client itself needs.
func TestLoadAllocations(t *testing.T) {
	server := realserver.Redis(t)
	st := open(t, "redis://"+server.Addr, redisstore.Options{})
	create(t, st, key, strings.Repeat("x", 2048))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got := testing.AllocsPerRun(500, func() {
		if _, err := st.Load(ctx, key); err != nil {
			t.Fatal(err)
		}
	})
	if got > 3 {
		t.Errorf("Load makes %v allocations, want at most 3", got)
	}
}
