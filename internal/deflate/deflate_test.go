package deflate

import (
	"bytes"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/internal/seeded"
)

// inflate returns what compress/zlib makes of a stream, and fails the test
// unless the stream ends where stream does.
func inflate(t *testing.T, stream []byte) []byte {
	t.Helper()
	in := bytes.NewReader(stream)
	z, err := zlib.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if in.Len() != 0 {
		t.Fatalf("%d bytes after the stream", in.Len())
	}
	return data
}

func TestAppendInflates(t *testing.T) {
	r := seeded.Rand(t)
	for range 300 {
		src := mixture(r, 1+r.IntN(3000))
		if got := inflate(t, Append(nil, src)); !bytes.Equal(got, src) {
			t.Fatalf("%d bytes do not come back", len(src))
		}
	}
}

func TestAppendKeepsDst(t *testing.T) {
	dst := append(make([]byte, 0, 100), "before"...)
	got := Append(dst, []byte("data"))
	if want := Append([]byte("before"), []byte("data")); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
	if &got[0] != &dst[0] {
		t.Error("dst had room and was not used")
	}
	if got := inflate(t, got[len("before"):]); string(got) != "data" {
		t.Errorf("got %q, want %q", got, "data")
	}
}

// TestReuse checks that nothing of one input shows in the next.
func TestReuse(t *testing.T) {
	r := seeded.Rand(t)
	var used encoder
	var last []byte
	for range 100 {
		src := mixture(r, 1+r.IntN(5000))
		if r.IntN(3) == 0 {
			src = last
		}
		got := used.append(nil, src)
		if want := new(encoder).append(nil, src); !bytes.Equal(got, want) {
			t.Fatalf("a used encoder writes another stream of %d bytes", len(src))
		}
		last = src
	}
}

// TestRebase checks that the stream is the same when positions are about to
// outgrow their bounds: before the input, in it, and at its end.
func TestRebase(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	src := append(session(r, 150_000), period(r, maxDistance-1, 100_000)...)
	want := new(encoder).append(nil, src)
	var e encoder
	for _, origin := range []int{maxOrigin - 1, maxOrigin, maxOrigin + windowSize, maxOrigin - windowSize, maxOrigin - 3*windowSize, maxOrigin - len(src)} {
		e.append(nil, src) // leaves its positions behind
		for i, p := range e.matcher.head {
			if p > 0 {
				e.matcher.head[i] = p + uint32(origin-e.matcher.origin)
			}
		}
		e.matcher.origin = origin
		if got := e.append(nil, src); !bytes.Equal(got, want) {
			t.Errorf("origin %d: the stream differs", origin)
		}
		if bound := maxOrigin + 2*windowSize; e.matcher.origin > bound {
			t.Errorf("origin %d: it ends at %d, want at most %d", origin, e.matcher.origin, bound)
		}
		e = encoder{}
	}
}

func TestConcurrent(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	inputs := each(100, func(n int) []byte { return session(r, 10*n) })
	want := make([][]byte, len(inputs))
	for i, src := range inputs {
		want[i] = Append(nil, src)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, src := range inputs {
				if got := Append(nil, src); !bytes.Equal(got, want[i]) {
					t.Errorf("input %d: the stream differs", i)
				}
			}
		})
	}
	wg.Wait()
}

func TestAppendAllocations(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var e encoder // not from the pool, which drops some under the race detector
	for _, n := range []int{0, 60, 2000, 100_000} {
		src := session(r, n)
		dst := make([]byte, 0, len(e.append(nil, src))) // no more than it needs
		if got := testing.AllocsPerRun(10, func() { e.append(dst, src) }); got != 0 {
			t.Errorf("%d bytes: got %v allocations, want 0", len(src), got)
		}
	}
}

// FuzzAppend checks that every stream inflates to its input, and that a
// stream depends on nothing else.
func FuzzAppend(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 3))
	f.Add([]byte(nil), 0)
	f.Add([]byte("a"), 1)
	f.Add(session(r, 200), 3)
	f.Add(noise(r, 100), 200)
	f.Add(runs(r, "abc", 30, 400), 50)
	f.Fuzz(func(t *testing.T, data []byte, repeat int) {
		src := data
		for range min(repeat, 1000) {
			if len(src) > 200_000 {
				break
			}
			src = append(src[:len(src):len(src)], data...)
		}
		stream := Append(nil, src)
		if got := inflate(t, stream); !bytes.Equal(got, src) {
			t.Fatalf("%d bytes do not come back", len(src))
		}
		if again := new(encoder).append(nil, src); !bytes.Equal(again, stream) {
			t.Fatalf("%d bytes give two streams", len(src))
		}
	})
}
