package signing_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/dewar-go/dewar/signing"
)

// FuzzUnseal gives Unseal a text as it is, and the same text signed with and
// without a time, so that what lies behind the signature is reached too. It
// must never panic, and of whatever it accepts must be true:
//
//   - the payload, sealed and unsealed again, is the same payload;
//   - with any one bit flipped the value isn't accepted.
func FuzzUnseal(f *testing.F) {
	const maxAge = 1 << 62
	ring, err := signing.NewRing(signing.Keys{Current: []byte("dev-secret-key"), AllowShort: true}) // as in the vectors
	if err != nil {
		f.Fatal(err)
	}
	const salt = "cookie-session"
	sealer := signing.NewURLSafe(ring, signing.Options{Salt: salt})
	signer := signing.NewSigner(ring, salt, signing.SHA1, signing.HMAC)
	timed := signing.NewTimed(signer, 0)

	for _, kind := range []string{"roundtrip", "load"} {
		for i, v := range vectors(f, kind) {
			if len(v.Cookie) > 1000 {
				continue
			}
			f.Add(v.Cookie, uint(i))
			if stamped, _, err := signer.Unsign(v.Cookie); err == nil {
				f.Add(stamped, uint(i))
			}
			if text, _, _, err := timed.Unsign(v.Cookie, now, maxAge); err == nil {
				f.Add(text, uint(i))
			}
		}
	}

	check := func(t *testing.T, value string, bit uint) {
		payload, info, err := sealer.Unseal(value, now, maxAge)
		if err != nil {
			if payload != nil {
				t.Errorf("%q: got %q beside %v", value, payload, err)
			}
			return
		}
		again, infoAgain, err := sealer.Unseal(string(sealer.Seal(nil, payload, info.At)), info.At, 0)
		if err != nil || !bytes.Equal(again, payload) || !infoAgain.At.Equal(info.At) {
			t.Errorf("%q: got %q at %v, sealed again %q at %v, %v", value, payload, info.At, again, infoAgain.At, err)
		}
		flipped := []byte(value)
		flipped[bit/8%uint(len(flipped))] ^= 1 << (bit % 8)
		if _, _, err := sealer.Unseal(string(flipped), now, maxAge); err == nil {
			t.Errorf("%q is accepted, and so is %q", value, flipped)
		}
	}
	f.Fuzz(func(t *testing.T, text string, bit uint) {
		check(t, text, bit)
		check(t, string(signer.Sign(nil, []byte(text))), bit)
		check(t, string(timed.Sign(nil, []byte(text), now)), bit)
		check(t, string(timed.Sign(nil, []byte(text), time.Unix(0, 0))), bit)
	})
}

// FuzzUnsealEncrypted: never panics, and what it accepts was sealed here.
func FuzzUnsealEncrypted(f *testing.F) {
	ring, err := signing.NewRing(signing.Keys{Current: []byte("dev-secret-key"), AllowShort: true})
	if err != nil {
		f.Fatal(err)
	}
	e := signing.NewEncrypted(ring, "fuzz")
	f.Add(string(e.Seal(nil, []byte("payload"), now)))
	f.Add("")
	f.Add("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, value string) {
		if payload, _, err := e.Unseal(value, now, 1<<62); err == nil && string(payload) != "payload" {
			t.Error("accepted, and nobody has sealed it") // the seed may be another process's
		}
	})
}
