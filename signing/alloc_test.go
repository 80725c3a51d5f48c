package signing_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/signing"
)

var (
	small = []byte(`{"_fresh":true,"_user_id":"42","csrf":"5f8e1c"}`)
	large = []byte(`{"cart":[` + strings.TrimSuffix(strings.Repeat(`{"sku":"A-1042","n":1},`, 85), ",") + `]}`)
)

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool drop at random what it is given")
	}
	ring := newRing(t, keyA, keyB)
	signer := signing.NewSigner(ring, "salt", signing.SHA1, signing.HMAC)
	timed := signing.NewTimed(signer, 0)
	urlsafe := signing.NewURLSafe(ring, signing.Options{Salt: "salt"})
	plain := signing.NewURLSafe(ring, signing.Options{Salt: "salt", NoCompression: true})
	byOldKey := signing.NewSigner(newRing(t, keyB), "salt", signing.SHA1, signing.HMAC)
	room := make([]byte, 0, 8<<10)

	for _, payload := range [][]byte{small, large} {
		signed := string(signer.Sign(nil, payload))
		signedByOld := string(byOldKey.Sign(nil, payload))
		stamped := string(timed.Sign(nil, payload, now))
		value := string(plain.Seal(nil, payload, now))
		squeezed := string(urlsafe.Seal(nil, bytes.Repeat(payload, 3), now))
		for _, tt := range []struct {
			name string
			most float64
			f    func() error
		}{
			{"Signer.Sign", 0, func() error { signer.Sign(room, payload); return nil }},
			{"Signer.Unsign", 0, func() error { _, _, err := signer.Unsign(signed); return err }},
			{"Signer.Unsign, old key", 0, func() error { _, _, err := signer.Unsign(signedByOld); return err }},
			{"Timed.Sign", 0, func() error { timed.Sign(room, payload, now); return nil }},
			{"Timed.Unsign", 0, func() error { _, _, _, err := timed.Unsign(stamped, now, 0); return err }},
			{"URLSafe.Seal", 0, func() error { urlsafe.Seal(room, payload, now); return nil }},
			{"URLSafe.Seal, uncompressed", 0, func() error { plain.Seal(room, payload, now); return nil }},
			{"URLSafe.Seal, no room", 1, func() error { plain.Seal(nil, payload, now); return nil }},
			{"URLSafe.Unseal", 1, func() error { _, _, err := urlsafe.Unseal(value, now, 0); return err }},
			// One is the payload; the other is the checksum that compress/zlib makes anew for every stream.
			{"URLSafe.Unseal, compressed", 2, func() error { _, _, err := urlsafe.Unseal(squeezed, now, 0); return err }},
		} {
			t.Run(fmt.Sprintf("%s/%d", tt.name, len(payload)), func(t *testing.T) {
				if err := tt.f(); err != nil {
					t.Fatal(err)
				}
				if got := testing.AllocsPerRun(100, func() { _ = tt.f() }); got > tt.most {
					t.Errorf("got %v allocations, want at most %v", got, tt.most)
				}
			})
		}
	}
}

func TestRefusingAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool drop at random what it is given")
	}
	u := signing.NewURLSafe(newRing(t, keyA, keyB), signing.Options{Salt: "salt", MaxValue: 1000})
	value := string(u.Seal(nil, small, now))
	for _, tt := range []struct {
		want  error
		value string
		now   time.Time
	}{
		{signing.ErrMalformed, "garbage", now},
		{signing.ErrSignature, "A" + value, now},
		{signing.ErrExpired, value, now.Add(time.Hour)},
		{signing.ErrFuture, value, now.Add(-time.Hour)},
		{signing.ErrTooLarge, strings.Repeat("A", 1001), now},
	} {
		var err error
		got := testing.AllocsPerRun(100, func() { _, _, err = u.Unseal(tt.value, tt.now, time.Minute) })
		if got != 0 || err != tt.want {
			t.Errorf("%v: got %v allocations, %v", tt.want, got, err)
		}
	}
}
