package memstore_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar/store/memstore"
)

// filled returns a store of as many items as keys.
func filled(tb testing.TB, n, size int) (*memstore.Store, []string) {
	tb.Helper()
	s, keys := new(memstore.Store), make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("session:%043d", i)
		if _, err := s.Create(context.Background(), keys[i], make([]byte, size), time.Hour); err != nil {
			tb.Fatal(err)
		}
	}
	return s, keys
}

// A tag is an address, so that it costs nothing to hand out.
func TestAllocations(t *testing.T) {
	s, keys := filled(t, 1, 200)
	ctx, data := context.Background(), make([]byte, 200)
	it, err := s.Load(ctx, keys[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		verb string
		want float64
		f    func()
	}{
		{"load: the data", 1, func() { _, _ = s.Load(ctx, keys[0]) }},
		{"load of nothing", 0, func() { _, _ = s.Load(ctx, "absent") }},
		{"touch", 0, func() { _ = s.Touch(ctx, keys[0], time.Hour) }},
		{"update: the state, its data, the caller's", 3, func() { it, _ = s.Update(ctx, keys[0], it, data, time.Hour) }},
	} {
		if got := testing.AllocsPerRun(100, c.f); got > c.want {
			t.Errorf("%s: %v allocations, want %v", c.verb, got, c.want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	s, keys := filled(b, 1024, 200)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := s.Load(b.Context(), keys[i%len(keys)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadParallel(b *testing.B) {
	s, keys := filled(b, 1024, 200)
	var start atomic.Int64
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := int(start.Add(101)); pb.Next(); i++ {
			if _, err := s.Load(context.Background(), keys[i%len(keys)]); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkUpdate(b *testing.B) {
	s, keys := filled(b, 1024, 200)
	data := make([]byte, 200)
	it, err := s.Load(b.Context(), keys[0])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if it, err = s.Update(b.Context(), keys[0], it, data, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTouch(b *testing.B) {
	s, keys := filled(b, 1024, 200)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := s.Touch(b.Context(), keys[i%len(keys)], time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCreateWhenFull(b *testing.B) {
	s := memstore.New(memstore.Options{MaxItems: 1000})
	data := make([]byte, 200)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := s.Create(b.Context(), fmt.Sprint(i), data, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}
