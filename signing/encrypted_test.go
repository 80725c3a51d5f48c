package signing_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/signing"
)

func TestEncrypted(t *testing.T) {
	e := signing.NewEncrypted(newRing(t, keyA, keyB), "test")
	for n := range 200 {
		payload := bytes.Repeat([]byte("secret text, not to be read "), n)[:n]
		value := string(e.Seal([]byte("x="), payload, now))[2:]
		got, info, err := e.Unseal(value, now.Add(5*time.Second), 5*time.Second)
		if err != nil || !bytes.Equal(got, payload) || !info.At.Equal(now.Truncate(time.Second)) || info.Key != 0 {
			t.Fatalf("%d bytes: %q, %+v, %v", n, got, info, err)
		}
		raw, _ := base64.RawURLEncoding.DecodeString(value)
		if n > 8 && bytes.Contains(raw, payload[:8]) {
			t.Fatal("the payload can be read")
		}
	}
	if bytes.Equal(e.Seal(nil, nil, now), e.Seal(nil, nil, now)) {
		t.Error("two values are the same")
	}
}

func TestEncryptedRefuses(t *testing.T) {
	ring := newRing(t, keyA)
	e := signing.NewEncrypted(ring, "test")
	value := string(e.Seal(nil, []byte("payload"), now))
	signed := string(signing.NewURLSafe(ring, signing.Options{Salt: "test"}).Seal(nil, []byte("payload"), now))
	other := string(signing.NewEncrypted(ring, "another purpose").Seal(nil, []byte("payload"), now))
	stranger := string(signing.NewEncrypted(newRing(t, keyB), "test").Seal(nil, []byte("payload"), now))
	for _, tt := range []struct {
		value string
		now   time.Time
		want  error
	}{
		{"", now, signing.ErrMalformed},
		{"AQ", now, signing.ErrMalformed},
		{value + "A", now, signing.ErrMalformed}, // not base64 as it is written
		{value[:len(value)-4], now, signing.ErrSignature},
		{value + "\n", now, signing.ErrMalformed},
		{"Ag" + value[2:], now, signing.ErrMalformed}, // another version
		{signed, now, signing.ErrMalformed},
		{other, now, signing.ErrSignature},
		{stranger, now, signing.ErrSignature},
		{value, now.Add(61 * time.Second), signing.ErrExpired},
		{value, now.Add(-time.Second), signing.ErrFuture},
		{strings.Repeat("A", 64<<10+1), now, signing.ErrTooLarge},
	} {
		if got, _, err := e.Unseal(tt.value, tt.now, time.Minute); !errors.Is(err, tt.want) || got != nil {
			t.Errorf("%.30q: got %q, %v, want %v", tt.value, got, err, tt.want)
		}
	}
	if _, _, err := signing.NewURLSafe(ring, signing.Options{Salt: "test"}).Unseal(value, now, time.Minute); err == nil {
		t.Error("an encrypted value passes for a signed one")
	}
	raw, _ := base64.RawURLEncoding.DecodeString(value)
	for i := range raw {
		for bit := range 8 {
			raw[i] ^= 1 << bit
			if _, _, err := e.Unseal(base64.RawURLEncoding.EncodeToString(raw), now, math.MaxInt64); err == nil {
				t.Fatalf("bit %d of byte %d can be changed", bit, i)
			}
			raw[i] ^= 1 << bit
		}
	}
}

// No value is sealed twice under one key: its 16 random bytes, of which the key is
// made, are never the same.
func TestNoKeyIsUsedTwice(t *testing.T) {
	values := 1_000_000
	if testing.Short() || raceEnabled {
		values = 50_000
	}
	e := signing.NewEncrypted(newRing(t, keyA), "test")
	heads := make([]string, values)
	for i := range heads {
		heads[i] = string(e.Seal(nil, nil, now)[:23]) // of 17 bytes, less the last two bits
	}
	slices.Sort(heads)
	if len(slices.Compact(heads)) != values {
		t.Errorf("of %d values two have the same random bytes", values)
	}
}

// Of a value, signed or encrypted, nothing can be changed, cut off or put in, by any bit
// or at any length.
func TestNothingOfAValueCanBeChanged(t *testing.T) {
	ring := newRing(t, keyA)
	type sealer interface {
		Seal(dst, payload []byte, now time.Time) []byte
		Unseal(value string, now time.Time, maxAge time.Duration) ([]byte, signing.Info, error)
	}
	for name, s := range map[string]sealer{
		"signed": signing.NewURLSafe(ring, signing.Options{Salt: "test"}), "SHA-512": signing.NewURLSafe(ring, signing.Options{Salt: "test", Digest: signing.SHA512}),
		"encrypted": signing.NewEncrypted(ring, "test"),
	} {
		value := s.Seal(nil, bytes.Repeat([]byte(`{"a":1}`), 30), now)
		refused := func(what string, changed []byte) {
			if _, _, err := s.Unseal(string(changed), now, math.MaxInt64); err == nil {
				t.Errorf("%s: %s is accepted", name, what)
			}
		}
		for i := range value {
			for bit := range 8 {
				value[i] ^= 1 << bit
				refused(fmt.Sprintf("bit %d of byte %d changed", bit, i), value)
				value[i] ^= 1 << bit
			}
			refused(fmt.Sprintf("the first %d bytes", i), value[:i])
			refused(fmt.Sprintf("all but %d bytes", i+1), value[i+1:])
			refused(fmt.Sprintf("without byte %d", i), slices.Delete(slices.Clone(value), i, i+1))
			refused(fmt.Sprintf("an A before byte %d", i), slices.Insert(slices.Clone(value), i, 'A'))
		}
		if _, _, err := s.Unseal(string(value), now, 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Keys rotate as they do for signatures.
func TestEncryptedRotation(t *testing.T) {
	ring := newRing(t, keyA)
	e := signing.NewEncrypted(ring, "test")
	value := string(e.Seal(nil, []byte("payload"), now))
	if err := ring.Swap(signing.Keys{Current: []byte(keyB), Old: [][]byte{[]byte(keyA)}, AllowShort: true}); err != nil {
		t.Fatal(err)
	}
	if got, info, err := e.Unseal(value, now, 0); err != nil || string(got) != "payload" || info.Key != 1 {
		t.Errorf("%q, %+v, %v", got, info, err)
	}
	if _, info, err := e.Unseal(string(e.Seal(nil, nil, now)), now, 0); err != nil || info.Key != 0 {
		t.Errorf("%+v, %v", info, err)
	}
	if err := ring.Swap(signing.Keys{Current: []byte(keyB), AllowShort: true}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.Unseal(value, now, 0); !errors.Is(err, signing.ErrSignature) {
		t.Errorf("a key that is gone opens it: %v", err)
	}
}
