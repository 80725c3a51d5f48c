package signing_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"hash/adler32"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/signing"
)

var now = time.Unix(frozen, 0)

func newURLSafe(t testing.TB, o signing.Options) *signing.URLSafe {
	t.Helper()
	o.Salt = "salt"
	return signing.NewURLSafe(newRing(t, keyA, keyB), o)
}

// authentic returns a value that is signed as newURLSafe's are, with payload as
// its text as it is: what only a holder of the key could make.
func authentic(t testing.TB, payload string) string {
	t.Helper()
	timed := signing.NewTimed(signing.NewSigner(newRing(t, keyA), "salt", signing.SHA1, signing.HMAC), 0)
	return string(timed.Sign(nil, []byte(payload), now))
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func deflated(t testing.TB, b []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zlib.NewWriter(&buf)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestSealAndUnseal(t *testing.T) {
	rng := seeded.Rand(t)
	plain, squeezed := newURLSafe(t, signing.Options{NoCompression: true}), newURLSafe(t, signing.Options{})
	for i := range 400 {
		payload := make([]byte, rng.IntN(3000))
		letters := 1 + rng.IntN(256)
		for j := range payload {
			payload[j] = byte(rng.IntN(letters))
		}
		for _, u := range []*signing.URLSafe{plain, squeezed} {
			value := u.Seal([]byte("before"), payload, now)
			got, info, err := plain.Unseal(string(value[len("before"):]), now, 0)
			if err != nil || !bytes.Equal(got, payload) {
				t.Fatalf("round %d: got %d bytes, %v, want %d bytes", i, len(got), err, len(payload))
			}
			if dotted := value[len("before")] == '.' && len(payload) > 0; info.Compressed != dotted || dotted && u == plain {
				t.Fatalf("round %d: compressed is %v of %.20q", i, info.Compressed, value)
			}
		}
	}
}

// Whether it pays is a matter of two bytes: at one byte saved Flask writes the
// payload as it is. Flask's own vectors around that stand in TestFlaskWritesTheSameCookie.
func TestCompressionNeverMakesAValueLonger(t *testing.T) {
	u, plain := newURLSafe(t, signing.Options{}), newURLSafe(t, signing.Options{NoCompression: true})
	for n := range 200 {
		payload := []byte(strings.Repeat("ab", n)[:n])
		short, long := u.Seal(nil, payload, now), plain.Seal(nil, payload, now)
		if len(short) > len(long) {
			t.Errorf("%d bytes: %d characters compressed, %d plain", n, len(short), len(long))
		}
	}
}

func TestPayloadsAreStrict(t *testing.T) {
	stream := deflated(t, []byte(`{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`))
	changed := func(i int, b byte) []byte {
		other := bytes.Clone(stream)
		other[(i+len(other))%len(other)] ^= b
		return other
	}
	emptyDictionary := append([]byte{0x78, 0xbb, 0, 0, 0, 1}, stream[2:]...) // FDICT, and Adler-32 of nothing
	for _, tt := range []struct {
		name, text string
		want       error
	}{
		{"plain", b64([]byte("{}")), nil},
		{"compressed", "." + b64(stream), nil},
		{"nothing", "", nil},
		{"bytes after the stream", "." + b64(append(bytes.Clone(stream), "more"...)), nil},

		{"padding", "e30=", signing.ErrPayload},
		{"spare bits", "e31", signing.ErrPayload},
		{"one character", "A", signing.ErrPayload},
		{"five characters", "AAAAA", signing.ErrPayload},
		{"standard alphabet", "w7/D", signing.ErrPayload},
		{"space", "e3 0", signing.ErrPayload},
		{"line feed inside", "e3\n0", signing.ErrPayload},
		{"line feed after", "e30\n", signing.ErrPayload},
		{"carriage return", "\re30", signing.ErrPayload},
		{"null byte", "e30\x00", signing.ErrPayload},
		{"not ASCII", "e30\xc3\xa9", signing.ErrPayload},
		{"dot inside", "e3.0", signing.ErrPayload},
		{"dot after", "e30.", signing.ErrPayload},

		{"compressed nothing", ".", signing.ErrPayload},
		{"two dots", ".." + b64(stream), signing.ErrPayload},
		{"compressed, dot after", "." + b64(stream) + ".", signing.ErrPayload},
		{"compressed, line feed", "." + b64(stream) + "\n", signing.ErrPayload},
		{"header only", "." + b64(stream[:2]), signing.ErrPayload},
		{"half a header", "." + b64(stream[:1]), signing.ErrPayload},
		{"cut in the stream", "." + b64(stream[:len(stream)-6]), signing.ErrPayload},
		{"no checksum", "." + b64(stream[:len(stream)-4]), signing.ErrPayload},
		{"cut in the checksum", "." + b64(stream[:len(stream)-1]), signing.ErrPayload},
		{"wrong checksum", "." + b64(changed(-1, 1)), signing.ErrPayload},
		{"wrong header", "." + b64(changed(0, 1)), signing.ErrPayload},
		{"raw deflate", "." + b64(stream[2:len(stream)-4]), signing.ErrPayload},
		{"not deflated", "." + b64([]byte("{}")), signing.ErrPayload},
		{"empty preset dictionary", "." + b64(emptyDictionary), signing.ErrPayload},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := newURLSafe(t, signing.Options{})
			payload, info, err := u.Unseal(authentic(t, tt.text), now, 0)
			if err != tt.want {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if err != nil && payload != nil {
				t.Errorf("got %q beside the error", payload)
			}
			if want := (signing.Info{At: now.UTC(), Compressed: strings.HasPrefix(tt.text, ".")}); info != want {
				t.Errorf("got %v, want %v", info, want)
			}
			// What it left in the pools must not change what comes next.
			if payload, _, err := u.Unseal(authentic(t, "."+b64(stream)), now, 0); err != nil || len(payload) != 36 {
				t.Errorf("afterwards: got %d bytes, %v", len(payload), err)
			}
		})
	}
	if adler32.Checksum(nil) != 1 {
		t.Error("the empty dictionary's checksum isn't what the test takes it for")
	}
}

func TestInfoIsWhatIsCertain(t *testing.T) {
	u := newURLSafe(t, signing.Options{MaxInflated: 100})
	byB := string(signing.NewURLSafe(newRing(t, keyB), signing.Options{Salt: "salt"}).Seal(nil, make([]byte, 200), now))
	ours := signing.Info{At: now.UTC(), Key: 1}
	for _, tt := range []struct {
		name  string
		value string
		now   time.Time
		want  signing.Info
		err   error
	}{
		{"too large", byB, now, signing.Info{At: now.UTC(), Key: 1, Compressed: true}, signing.ErrTooLarge},
		{"expired", byB, now.Add(time.Hour), ours, signing.ErrExpired},
		{"future", byB, now.Add(-time.Hour), ours, signing.ErrFuture},
		{"changed", "A" + byB, now, signing.Info{}, signing.ErrSignature},
		{"no signature", "e30", now, signing.Info{}, signing.ErrMalformed},
		{"too long", strings.Repeat("A", 64<<10+1), now, signing.Info{}, signing.ErrTooLarge},
	} {
		if _, info, err := u.Unseal(tt.value, tt.now, time.Minute); info != tt.want || err != tt.err {
			t.Errorf("%s: got %v, %v, want %v, %v", tt.name, info, err, tt.want, tt.err)
		}
	}
}

func TestLimitsAreExact(t *testing.T) {
	for _, limit := range []int{1, 4095, 4096, 4097, 100_000} {
		u := newURLSafe(t, signing.Options{MaxInflated: limit})
		for _, tt := range []struct {
			size int
			want error
		}{{limit - 1, nil}, {limit, nil}, {limit + 1, signing.ErrTooLarge}, {limit + 5000, signing.ErrTooLarge}} {
			value := authentic(t, "."+b64(deflated(t, make([]byte, tt.size))))
			payload, _, err := u.Unseal(value, now, 0)
			if err != tt.want || err == nil && len(payload) != tt.size {
				t.Errorf("limit %d, size %d: got %d, %v, want %v", limit, tt.size, len(payload), err, tt.want)
			}
		}
	}
	value := authentic(t, b64([]byte("{}")))
	for _, tt := range []struct {
		limit int
		want  error
	}{{len(value), nil}, {len(value) - 1, signing.ErrTooLarge}} {
		if _, _, err := newURLSafe(t, signing.Options{MaxValue: tt.limit}).Unseal(value, now, 0); err != tt.want {
			t.Errorf("MaxValue %d of %d: got %v, want %v", tt.limit, len(value), err, tt.want)
		}
	}
	limitless := newURLSafe(t, signing.Options{MaxInflated: math.MaxInt, MaxValue: math.MaxInt})
	huge := randomBytes(rand.New(rand.NewPCG(1, 2)), 200_000) // doesn't shrink, so both buffers of the inflater grow
	for range 2 {
		payload, _, err := limitless.Unseal(authentic(t, "."+b64(deflated(t, huge))), now, 0)
		if err != nil || !bytes.Equal(payload, huge) {
			t.Errorf("as good as no limit: got %d bytes, %v", len(payload), err)
		}
	}
}

func TestBombsAreNotInflated(t *testing.T) {
	cases := vectors(t, "load")
	bomb := cases[slices.IndexFunc(cases, func(v vector) bool { return v.Name == "zip_bomb_4mib" })]
	u := bomb.sealer(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := u.Unseal(bomb.Cookie, now, 0)
	runtime.ReadMemStats(&after)
	if err != signing.ErrTooLarge {
		t.Errorf("got %v, want %v", err, signing.ErrTooLarge)
	}
	// The buffer doubles up to 256 KiB, and the inflater's window is 32 KiB.
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20); got > most {
		t.Errorf("got %d bytes allocated for 4 MiB of zeros, want at most %d", got, most)
	}
}

// The payload that is returned is the caller's: the pools keep no hold on it.
func TestPayloadsAreNotShared(t *testing.T) {
	u := newURLSafe(t, signing.Options{})
	first := bytes.Repeat([]byte("first "), 50)
	second := bytes.Repeat([]byte("second"), 50)
	value := string(u.Seal(nil, first, now))
	got, _, err := u.Unseal(value, now, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := u.Unseal(string(u.Seal(nil, second, now)), now, 0); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, first) {
		t.Errorf("the next call wrote into it: %.20q", got)
	}
}
