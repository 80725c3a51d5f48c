package signing_test

import (
	"fmt"
	"time"

	"github.com/dewar-go/dewar/signing"
)

// The cookie of a Flask program, read and written with its own secret key.
func Example() {
	ring, err := signing.NewRing(signing.Keys{Current: []byte("dev-secret-key"), AllowShort: true})
	if err != nil {
		panic(err)
	}
	flask := signing.NewURLSafe(ring, signing.Options{Salt: "cookie-session"})

	now := time.Unix(1700000000, 0)
	cookie := "eyJuIjoxLCJ1c2VyIjoiYWRhIn0.ZVPxAA.jJ6V7zjXGmlUzAUTZYBoRUywpH4"
	payload, info, err := flask.Unseal(cookie, now.Add(time.Hour), 31*24*time.Hour)
	fmt.Println(string(payload), info.At, err)

	again := flask.Seal(nil, payload, now)
	fmt.Println(string(again) == cookie)

	_, _, err = flask.Unseal(cookie+"A", now, time.Hour)
	fmt.Println(err)
	// Output:
	// {"n":1,"user":"ada"} 2023-11-14 22:13:20 +0000 UTC <nil>
	// true
	// signing: signature does not match
}

// Changing keys takes two steps: the new key signs and the old one still
// verifies; once the oldest value is too old anyway, the old one goes.
func ExampleRing_Swap() {
	oldKey, newKey := []byte("the old key, 24 bytes..."), []byte("the new key, 24 bytes...")
	ring, err := signing.NewRing(signing.Keys{Current: oldKey})
	if err != nil {
		panic(err)
	}
	signer := signing.NewSigner(ring, "tickets", signing.SHA256, signing.HMAC)
	ticket := string(signer.Sign(nil, []byte("seat 12")))

	for _, keys := range []signing.Keys{
		{Current: newKey, Old: [][]byte{oldKey}},
		{Current: newKey},
	} {
		if err := ring.Swap(keys); err != nil {
			panic(err)
		}
		value, key, err := signer.Unsign(ticket)
		fmt.Printf("%q %d %v\n", value, key, err)
	}
	// Output:
	// "seat 12" 1 <nil>
	// "" 0 signing: signature does not match
}
