//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar/store/filestore"
)

// filled returns a store of as many items as keys, and its folder.
func filled(b *testing.B, n, size int, o filestore.Options) (*filestore.Store, []string, string) {
	b.Helper()
	dir, keys := b.TempDir()+"/s", make([]string, n)
	s := open(b, dir, o)
	for i := range keys {
		keys[i] = fmt.Sprintf("session:%043d", i)
		create(b, s, keys[i], string(make([]byte, size)), time.Hour)
	}
	return s, keys, dir
}

func BenchmarkLoad(b *testing.B) {
	s, keys, _ := filled(b, 1024, 200, filestore.Options{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := s.Load(b.Context(), keys[i%len(keys)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadParallel(b *testing.B) {
	s, keys, _ := filled(b, 1024, 200, filestore.Options{})
	var start atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := int(start.Add(101)); pb.Next(); i++ {
			if _, err := s.Load(context.Background(), keys[i%len(keys)]); err != nil {
				b.Error(err)
			}
		}
	})
}

// The floor under Load: the system's own way to read a file.
func BenchmarkReadFile(b *testing.B) {
	_, keys, dir := filled(b, 1024, 200, filestore.Options{})
	for i, key := range keys {
		keys[i] = file(dir, key)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := os.ReadFile(keys[i%len(keys)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	for name, o := range map[string]filestore.Options{"as it comes": {}, "sync": {Sync: true}} {
		b.Run(name, func(b *testing.B) {
			s, keys, _ := filled(b, 64, 200, o)
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
		})
	}
}

// The floor under Update: a file that is written and renamed, with no lock and
// no comparison, which is what cachelib does.
func BenchmarkWriteAndRename(b *testing.B) {
	dir, data := b.TempDir(), bytes.Repeat([]byte("x"), 204)
	b.ReportAllocs()
	for b.Loop() {
		temp := filepath.Join(dir, "tmp")
		if err := os.WriteFile(temp, data, 0o600); err != nil {
			b.Fatal(err)
		}
		if err := os.Rename(temp, filepath.Join(dir, "k")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTouch(b *testing.B) {
	now := clock{time.Now()}
	s, keys, _ := filled(b, 1024, 200, filestore.Options{Now: now.Now})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		now.now = now.now.Add(time.Millisecond)
		if err := s.Touch(b.Context(), keys[i%len(keys)], time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCreate(b *testing.B) {
	for name, o := range map[string]filestore.Options{"as it comes": {}, "counting": {Threshold: 1 << 30}} {
		b.Run(name, func(b *testing.B) {
			s, _, _ := filled(b, 0, 0, o)
			data := make([]byte, 200)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := s.Create(b.Context(), fmt.Sprint(i), data, time.Hour); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
