package signing_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar/signing"
)

var (
	keyA = []byte("key a, long enough")
	keyB = []byte("key b, long enough")
	keyC = []byte("key c, long enough")
)

func newRing(t testing.TB, current []byte, old ...[]byte) *signing.Ring {
	t.Helper()
	r, err := signing.NewRing(signing.Keys{Current: current, Old: old})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNewRingNamesEveryBadKey(t *testing.T) {
	short, empty := []byte("fifteen bytes.."), []byte{}
	for _, tt := range []struct {
		name string
		keys signing.Keys
		want string // "" is accepted
	}{
		{"none", signing.Keys{}, "signing: unusable key: current is empty"},
		{"short", signing.Keys{Current: short}, "signing: unusable key: current has 15 of at least 16 bytes"},
		{"just long enough", signing.Keys{Current: append(short, '.')}, ""},
		{"short allowed", signing.Keys{Current: short, Old: [][]byte{{0}}, AllowShort: true}, ""},
		{"empty is not short", signing.Keys{Current: empty, AllowShort: true}, "signing: unusable key: current is empty"},
		{"empty old is not short", signing.Keys{Current: short, Old: [][]byte{nil}, AllowShort: true}, "signing: unusable key: old 0 is empty"},
		{"several", signing.Keys{Current: short, Old: [][]byte{keyA, {}, {1}}}, "signing: unusable key: current has 15 of at least 16 bytes, old 1 is empty, old 2 has 1 of at least 16 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ring, err := signing.NewRing(tt.keys)
			if tt.want == "" {
				if err != nil || ring.Len() != 1+len(tt.keys.Old) {
					t.Errorf("got %v, %v", ring, err)
				}
				return
			}
			if !errors.Is(err, signing.ErrKey) || err.Error() != tt.want || ring != nil {
				t.Errorf("got %v, %v, want %s", ring, err, tt.want)
			}
		})
	}
}

func TestKeyErrorsHoldNoKey(t *testing.T) {
	_, err := signing.NewRing(signing.Keys{Current: []byte("s3cr3t"), Old: [][]byte{[]byte("0ld")}})
	if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, "s3cr3t") || strings.Contains(text, "0ld") {
		t.Errorf("a key is in the error: %s", text)
	}
}

func TestRingCopiesKeys(t *testing.T) {
	key, old := bytes.Clone(keyA), bytes.Clone(keyB)
	ring := newRing(t, key, old)
	clear(key)
	clear(old)
	s := signing.NewSigner(ring, "", signing.SHA1, signing.None)
	for _, secret := range [][]byte{keyA, keyB} {
		signed := signing.NewSigner(newRing(t, secret), "", signing.SHA1, signing.None).Sign(nil, []byte("v"))
		if _, _, err := s.Unsign(string(signed)); err != nil {
			t.Errorf("changing the caller's key changed the ring: %v", err)
		}
	}
}

func TestSwap(t *testing.T) {
	ring := newRing(t, keyA)
	s := signing.NewSigner(ring, "salt", signing.SHA256, signing.HMAC)
	byA := string(s.Sign(nil, []byte("v")))

	if err := ring.Swap(signing.Keys{Current: keyB, Old: [][]byte{keyC, keyA}}); err != nil {
		t.Fatal(err)
	}
	byB := string(s.Sign(nil, []byte("v")))
	if byA == byB {
		t.Error("the old key still signs after Swap")
	}
	check := func(signed string, want int, wantErr error) {
		t.Helper()
		if _, key, err := s.Unsign(signed); key != want || err != wantErr {
			t.Errorf("got %d, %v, want %d, %v", key, err, want, wantErr)
		}
	}
	check(byA, 2, nil)
	check(byB, 0, nil)

	if err := ring.Swap(signing.Keys{Current: keyC, Old: [][]byte{nil}}); !errors.Is(err, signing.ErrKey) {
		t.Errorf("got %v, want %v", err, signing.ErrKey)
	}
	if ring.Len() != 3 {
		t.Errorf("a refused Swap left %d keys, want 3", ring.Len())
	}
	check(byB, 0, nil)

	if err := ring.Swap(signing.Keys{Current: keyB}); err != nil {
		t.Fatal(err)
	}
	check(byA, 0, signing.ErrSignature)
}

// A value signed under a key that is listed throughout verifies throughout,
// whatever is swapped meanwhile, and no goroutine signs with a key that was
// taken away before its call began.
func TestSwapWhileInUse(t *testing.T) {
	ring := newRing(t, keyA, keyB)
	sealer := signing.NewURLSafe(ring, signing.Options{Salt: "salt"})
	now := time.Unix(1700000000, 0)
	byA := string(sealer.Seal(nil, []byte(`{"by":"a"}`), now))

	var group sync.WaitGroup
	var stop atomic.Bool
	for range 4 {
		group.Go(func() {
			for !stop.Load() {
				if _, _, err := sealer.Unseal(byA, now, time.Hour); err != nil {
					t.Errorf("a listed key stopped verifying: %v", err)
					return
				}
				value := sealer.Seal(nil, []byte(`{"by":"?"}`), now)
				if _, _, err := sealer.Unseal(string(value), now, time.Hour); err != nil {
					t.Errorf("signed under one listed key, read under another: %v", err)
					return
				}
			}
		})
	}
	for i := range 300 {
		keys := signing.Keys{Current: keyA, Old: [][]byte{keyB}}
		if i%2 == 0 {
			keys = signing.Keys{Current: keyB, Old: [][]byte{keyC, keyA}}
		}
		if err := ring.Swap(keys); err != nil {
			t.Error(err)
		}
	}
	stop.Store(true)
	group.Wait()

	if err := ring.Swap(signing.Keys{Current: keyC}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := sealer.Unseal(byA, now, time.Hour); err != signing.ErrSignature {
		t.Errorf("after the key was taken away: got %v, want %v", err, signing.ErrSignature)
	}
}
