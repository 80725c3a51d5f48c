package signing_test

import (
	"testing"

	"github.com/dewar-go/dewar/signing"
)

var (
	digests     = []signing.Digest{signing.SHA1, signing.SHA256, signing.SHA384, signing.SHA512, signing.MD5}
	derivations = []signing.Derivation{signing.HMAC, signing.Concat, signing.DjangoConcat, signing.None}
)

func TestSchemeNamesGoBothWays(t *testing.T) {
	for i, name := range []string{"sha1", "sha256", "sha384", "sha512", "md5"} {
		got, err := signing.ParseDigest(name)
		if err != nil || got != digests[i] || got.String() != name {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	for i, name := range []string{"hmac", "concat", "django-concat", "none"} {
		got, err := signing.ParseDerivation(name)
		if err != nil || got != derivations[i] || got.String() != name {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "SHA1", "sha-1", "sha3_256", "Digest(9)"} {
		if got, err := signing.ParseDigest(name); err == nil {
			t.Errorf("digest %q: got %v", name, got)
		}
		if got, err := signing.ParseDerivation(name); err == nil {
			t.Errorf("derivation %q: got %v", name, got)
		}
	}
	if got, want := signing.Digest(9).String(), "Digest(9)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := signing.Derivation(9).String(), "Derivation(9)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnknownSchemesPanic(t *testing.T) {
	ring := newRing(t, keyA)
	for name, f := range map[string]func(){
		"digest":     func() { signing.NewSigner(ring, "", 5, signing.HMAC) },
		"derivation": func() { signing.NewSigner(ring, "", signing.SHA1, 4) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}
