package redisstore_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/redis/rueidis"
)

// list gives what a store lists, and fails on a key that comes twice.
func list(t *testing.T, st dewar.Store, prefix string) map[string]dewar.Listed {
	t.Helper()
	items := map[string]dewar.Listed{}
	for item, err := range dewar.List(t.Context(), st, prefix) {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := items[item.Key]; twice {
			t.Fatalf("%s is listed twice", item.Key)
		}
		items[item.Key] = item
	}
	return items
}

func TestList(t *testing.T) {
	server := realserver.Redis(t)
	st, client := open(t, "redis://"+server.Addr, redisstore.Options{}), raw(t, server)
	for i := range 3 * 512 {
		create(t, st, "session:"+strconv.Itoa(i), "data"[:i%5])
	}
	create(t, st, "admin:1", "")
	do(t, client, "RPUSH", "session:list", "x")
	do(t, client, "SET", "session:forever", "xyz")

	items := list(t, st, "session:")
	if len(items) != 3*512+1 {
		t.Errorf("%d items, want %d", len(items), 3*512+1)
	}
	for i := range 3 * 512 {
		item := items["session:"+strconv.Itoa(i)]
		if item.Size != i%5 || item.Left > time.Hour || item.Left < time.Hour-time.Minute {
			t.Errorf("%d: size %d, %v left; want %d and an hour", i, item.Size, item.Left, i%5)
		}
	}
	if item := items["session:forever"]; item.Size != 3 || item.Left != 0 {
		t.Errorf("a key without a life: size %d, %v left; want 3 and 0", item.Size, item.Left)
	}
	if n := len(list(t, st, "")); n != 3*512+2 {
		t.Errorf("without a prefix %d items, want %d", n, 3*512+2)
	}
}

// A client whose nodes hold the same keys, as a primary and its replica do.
type doubled struct{ rueidis.Client }

func (d doubled) Nodes() map[string]rueidis.Client {
	return map[string]rueidis.Client{"a": d.Client, "b": d.Client}
}

func TestListTwiceGivenKeys(t *testing.T) {
	st := redisstore.New(doubled{raw(t, realserver.Redis(t))}, redisstore.Options{})
	for i := range 100 {
		create(t, st, strconv.Itoa(i), "")
	}
	if n := len(list(t, st, "")); n != 100 {
		t.Errorf("%d items, want 100", n)
	}
}

// A prefix means itself, whatever patterns make of it.
func TestListPrefixIsNoPattern(t *testing.T) {
	server := realserver.Redis(t)
	st := open(t, "redis://"+server.Addr, redisstore.Options{})
	hostile := []string{"a*:", "a?:", "[ab]:", "[^a]:", `a\:`, `\*`, `a[:`, "a]:", "a-b:", "^a:"}
	for _, prefix := range append(hostile, "aa:", "ab:", "a:", "b:", "*", "x") {
		create(t, st, prefix+"1", "")
	}
	for _, prefix := range hostile {
		if items := list(t, st, prefix); len(items) != 1 || items[prefix+"1"].Key == "" {
			t.Errorf("%q lists %d items, want its own", prefix, len(items))
		}
	}
}

// A list ends with its context, with the loop around it, and with an error if
// the server is away.
func TestListEnds(t *testing.T) {
	server := realserver.Redis(t)
	st := open(t, "redis://"+server.Addr, redisstore.Options{})
	for i := range 10 {
		create(t, st, "session:"+strconv.Itoa(i), "")
	}
	for range st.List(t.Context(), "") {
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	checkOneError(t, st, ctx, context.Canceled)
	server.Stop()
	checkOneError(t, st, t.Context(), nil)
}

// checkOneError checks that a list yields an error, this one unless want is
// nil, and nothing else.
func checkOneError(t *testing.T, st *redisstore.Store, ctx context.Context, want error) {
	t.Helper()
	n := 0
	for item, err := range st.List(ctx, "") {
		if n++; err == nil || item.Key != "" || want != nil && !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if n != 1 {
		t.Errorf("%d times, want once", n)
	}
}
