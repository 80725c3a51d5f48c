package memstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// A clock stands still until it is moved.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newClock() *clock { return &clock{time.Unix(1700000000, 0)} }

func create(t *testing.T, s *memstore.Store, key string, life time.Duration) dewar.Item {
	t.Helper()
	it, err := s.Create(t.Context(), key, []byte("abc"), life)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	return it
}

func keys(t *testing.T, s *memstore.Store) (all []string) {
	t.Helper()
	for l, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		all = append(all, l.Key)
	}
	slices.Sort(all)
	return all
}

// The item that would expire first goes, whichever shard it lies in, and
// whatever gave it its end.
func TestMaxItemsForgetsWhatWouldExpireFirst(t *testing.T) {
	s := memstore.New(memstore.Options{MaxItems: 3})
	a := create(t, s, "a", time.Minute)
	create(t, s, "b", 2*time.Minute)
	create(t, s, "c", 3*time.Minute)
	if err := s.Touch(t.Context(), "b", time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), "a", a, nil, 4*time.Minute); err != nil {
		t.Fatal(err)
	}
	create(t, s, "d", time.Second) // the shortest life, but it is the newcomer
	if got, want := keys(t, s), []string{"a", "b", "d"}; !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
	create(t, s, "e", time.Hour)
	if got, want := keys(t, s), []string{"a", "b", "e"}; !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}

func TestACreateThatIsRefusedForgetsNothing(t *testing.T) {
	s := memstore.New(memstore.Options{MaxItems: 2})
	create(t, s, "a", time.Minute)
	create(t, s, "b", time.Minute)
	if _, err := s.Create(t.Context(), "b", nil, time.Minute); !errors.Is(err, dewar.ErrExists) {
		t.Errorf("create: got %v, want %v", err, dewar.ErrExists)
	}
	if got, want := keys(t, s), []string{"a", "b"}; !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}

func TestMaxItemsIsExactAmongManyCreators(t *testing.T) {
	s := memstore.New(memstore.Options{MaxItems: 10})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				key := fmt.Sprint(g, "-", i)
				if _, err := s.Create(context.Background(), key, nil, time.Hour); err != nil {
					t.Errorf("create: %v", err)
				}
				if i%3 == 0 {
					_ = s.Delete(context.Background(), key)
				}
				if n := s.Len(); n > 10 {
					t.Errorf("%d items, want at most 10", n)
				}
			}
		})
	}
	wg.Wait()
	if got, want := s.Len(), len(keys(t, s)); got != want {
		t.Errorf("Len is %d and %d are listed", got, want)
	}
}

// What is over goes as other items are written, without a goroutine.
func TestWritesForgetWhatIsOver(t *testing.T) {
	c := newClock()
	s := memstore.New(memstore.Options{Now: c.Now})
	const n = 2000
	for i := range n {
		create(t, s, fmt.Sprint("old", i), time.Minute)
	}
	c.now = c.now.Add(time.Minute)
	for i := range n {
		create(t, s, fmt.Sprint("new", i), time.Minute)
	}
	if got := s.Len(); got > n+n/4 {
		t.Errorf("%d items lie about after as many writes as there were items; %d are alive", got, n)
	}
}

func TestPurgeSaysHowMany(t *testing.T) {
	c := newClock()
	s := memstore.New(memstore.Options{Now: c.Now})
	for i := range 100 {
		create(t, s, fmt.Sprint("short", i), time.Minute)
	}
	create(t, s, "long", time.Hour)
	c.now = c.now.Add(time.Minute)
	if n, err := s.Purge(t.Context()); n != 100 || err != nil {
		t.Errorf("purged %d, %v; want 100", n, err)
	}
	if n := s.Len(); n != 1 {
		t.Errorf("%d items are left, want 1", n)
	}
	if n, err := s.Purge(t.Context()); n != 0 || err != nil {
		t.Errorf("purged %d, %v; want none", n, err)
	}
}

func TestALifeIsPositive(t *testing.T) {
	s := new(memstore.Store)
	it := create(t, s, "k", time.Hour)
	for _, life := range []time.Duration{0, -1} {
		_, err1 := s.Create(t.Context(), "free", nil, life)
		_, err2 := s.Update(t.Context(), "k", it, nil, life)
		err3 := s.Touch(t.Context(), "k", life)
		for verb, err := range map[string]error{"create": err1, "update": err2, "touch": err3} {
			if err == nil || errors.Is(err, dewar.ErrNotFound) || errors.Is(err, dewar.ErrConflict) {
				t.Errorf("%s with a life of %v: got %v, want a refusal", verb, life, err)
			}
		}
	}
	if got, want := s.Len(), 1; got != want {
		t.Errorf("%d items, want %d", got, want)
	}
}

// There and back is a change all the same: a tag is a state's, not its bytes'.
func TestATagIsGoodForOneState(t *testing.T) {
	s := new(memstore.Store)
	old := create(t, s, "k", time.Hour)
	b, err := s.Update(t.Context(), "k", old, []byte("b"), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), "k", b, old.Data, time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), "k", old, nil, time.Hour); !errors.Is(err, dewar.ErrConflict) {
		t.Errorf("update: got %v, want %v", err, dewar.ErrConflict)
	}
	if _, err := s.Update(t.Context(), "k", dewar.Item{Data: old.Data}, nil, time.Hour); err != nil {
		t.Errorf("update of an item without a tag, by its data: %v", err)
	}
}
