package signing_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"math"
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
