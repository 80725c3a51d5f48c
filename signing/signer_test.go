package signing_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/signing"
)

// Made by itsdangerous 2.2.0:
//
//	Signer(b"key a, long enough", salt="salt", key_derivation=K, digest_method=hashlib.D).sign("value")
var signedByPython = []struct{ digest, derivation, signed string }{
	{"sha1", "hmac", "value.lwshjYxmDz6EOHPWMWnvKvclEaM"},
	{"sha1", "concat", "value.uN4B1chomiWpI17HeLIwnzQ8vOU"},
	{"sha1", "django-concat", "value.Ivl931uMtwES2icG8xzWTqnnJPg"},
	{"sha1", "none", "value.dVyb-CWTopcs-KDGH_K_3-pJy6U"},
	{"sha256", "hmac", "value.s-0tNzf6ea99yUOk_bnkx16hiBsZACY_hnLxcT9TNL4"},
	{"sha256", "concat", "value.S2GSieB52tgTS93pU7pXAb4VZqtxCpqzSodwThk48f0"},
	{"sha256", "django-concat", "value.b5aQZmyEQ3Wsn5dD7YlzbHy6ov1KOKfdQ9lmDv57Af0"},
	{"sha256", "none", "value.E48SLA3gejHYcs52FzzJoRwLpkYKWEAaBdRvFagXNSo"},
	{"sha384", "hmac", "value.VYZZChN4CUrhZ9tXqIZs7o5a8KkqKwcaG8fK-ZbDjBLvsHQld9fXuwap5duqaSq7"},
	{"sha384", "concat", "value.XZm42ohK2ZGNEwEbkEA9VhE6NYS22jZV6k2eBUgEMJykf28x4gjA_27YEDWvIDFL"},
	{"sha384", "django-concat", "value.oCtOcfPYQDlihhLJ79hfcIulW7tgXTBWbkAaPgOBkhLQpFpv_XR1aEQ1CW3Sgppv"},
	{"sha384", "none", "value.We_tPvuZTX4_0zueR769wXSIrk13lHCgQ0julN_BVJ7byanoPRiFRI5WX-jYcz5l"},
	{"sha512", "hmac", "value.qgykjiy6Lu9i9wMxUA56znj--Mof1uV1hiOk6TBeahpXp9Y9JcJITXiOYKK5vqUl509au9YMS8czuP4f64Y8xQ"},
	{"sha512", "concat", "value.upMq0YcwT2Dq-q9X9tfhkkvRPkHW54LbWYbRWAzKEhrmqzxISjbeuZZKiEjjCrkufGHansUMhtEbFkcnUF2mIQ"},
	{"sha512", "django-concat", "value.hFBF2zbH9fGI0pT782QYuOTiQZXeA00roBtmrfeLqfttsEkxHt6DJiTMg2UHjmb2eu0YFFs1o1_2HmeJMH8Lww"},
	{"sha512", "none", "value.oslBEE5qExnyToFFC3ta-1CcqO869s14_e1PcZqghRCHF-r7mup1mF9FYbtI9rzj1nDsGyXJM3OiaBRea-34TQ"},
	{"md5", "hmac", "value.wHuK_ifN4oXsRmwnMUysig"},
	{"md5", "concat", "value.M1sexmVO1H5L1VVeVRLwNQ"},
	{"md5", "django-concat", "value.nT8Y0j6YtPB05EYVDpnzRw"},
	{"md5", "none", "value.wBdQF_Iko0iJ6GIABiLXpA"},
}

func TestSignerWritesWhatPythonWrites(t *testing.T) {
	ring := newRing(t, keyA)
	for _, tt := range signedByPython {
		t.Run(tt.digest+" "+tt.derivation, func(t *testing.T) {
			digest, err := signing.ParseDigest(tt.digest)
			if err != nil {
				t.Fatal(err)
			}
			derivation, err := signing.ParseDerivation(tt.derivation)
			if err != nil {
				t.Fatal(err)
			}
			s := signing.NewSigner(ring, "salt", digest, derivation)
			if got := string(s.Sign(nil, []byte("value"))); got != tt.signed {
				t.Errorf("got %s, want %s", got, tt.signed)
			}
			if value, key, err := s.Unsign(tt.signed); value != "value" || key != 0 || err != nil {
				t.Errorf("got %q, %d, %v", value, key, err)
			}
		})
	}
}

func TestSignerEdges(t *testing.T) {
	s := signing.NewSigner(newRing(t, keyA), "", signing.SHA1, signing.HMAC)
	for _, value := range []string{"", ".", "a.b", "\x00\xff", strings.Repeat("x", 1023), strings.Repeat("y", 1024), strings.Repeat("z", 4097)} {
		signed := string(s.Sign([]byte("before "), []byte(value)))
		if !strings.HasPrefix(signed, "before "+value+".") {
			t.Fatalf("got %q", signed)
		}
		got, _, err := s.Unsign(signed[len("before "):])
		if got != value || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, value)
		}
		if _, _, err := s.Unsign(signed); err != signing.ErrSignature {
			t.Errorf("what stood in dst was signed too: %v", err)
		}
	}
}

func TestOldKeysVerifyInTheirOrder(t *testing.T) {
	twice := newRing(t, keyA, keyB, keyC, keyB)
	s := signing.NewSigner(twice, "salt", signing.SHA1, signing.HMAC)
	for want, secret := range [][]byte{keyA, keyB, keyC} {
		by := signing.NewSigner(newRing(t, secret), "salt", signing.SHA1, signing.HMAC)
		if _, key, err := s.Unsign(string(by.Sign(nil, []byte("v")))); key != want || err != nil {
			t.Errorf("got %d, %v, want %d", key, err, want)
		}
	}
}

func TestSaltsAndSchemesSetValuesApart(t *testing.T) {
	ring := newRing(t, keyA)
	for _, salt := range []string{"", "a", "b"} {
		for _, digest := range digests {
			for _, derivation := range derivations {
				signed := string(signing.NewSigner(ring, salt, digest, derivation).Sign(nil, []byte("v")))
				same := signing.NewSigner(ring, salt, digest, derivation)
				if _, _, err := same.Unsign(signed); err != nil {
					t.Errorf("%q %v %v: %v", salt, digest, derivation, err)
				}
				other := signing.NewSigner(ring, salt+"!", digest, derivation)
				_, _, err := other.Unsign(signed)
				if saltless := derivation == signing.None; saltless != (err == nil) {
					t.Errorf("%q %v %v: another salt gives %v", salt, digest, derivation, err)
				}
			}
		}
	}
}

// The scheme is the signer's, not the value's: what was signed with the same key and salt
// in another is refused, and there is none that is no signature.
func TestTheSchemeIsTheSigners(t *testing.T) {
	ring := newRing(t, keyA)
	type scheme struct {
		digest     signing.Digest
		derivation signing.Derivation
	}
	var schemes []scheme
	for _, digest := range digests {
		for _, derivation := range derivations {
			schemes = append(schemes, scheme{digest, derivation})
		}
	}
	for _, a := range schemes {
		signed := string(signing.NewSigner(ring, "salt", a.digest, a.derivation).Sign(nil, []byte("v")))
		for _, b := range schemes {
			if _, _, err := signing.NewSigner(ring, "salt", b.digest, b.derivation).Unsign(signed); (err == nil) != (a == b) {
				t.Errorf("signed as %v, verified as %v: %v", a, b, err)
			}
		}
		for _, none := range []string{"v.", "v", "v.none", "v." + strings.Repeat("A", len(signed)-2)} {
			if _, _, err := signing.NewSigner(ring, "salt", a.digest, a.derivation).Unsign(none); err == nil {
				t.Errorf("%v: %q is accepted", a, none)
			}
		}
	}
}

func TestSignatureHasOneSpelling(t *testing.T) {
	for _, digest := range digests {
		s := signing.NewSigner(newRing(t, keyA), "salt", digest, signing.HMAC)
		signed := string(s.Sign(nil, []byte("value")))
		last := len(signed) - 1
		for name, other := range map[string]string{
			"padded":          signed + "=",
			"line end after":  signed + "\n",
			"line end inside": signed[:last] + "\r\n" + signed[last:],
			"line end before": "\n" + signed,
			"space":           signed + " ",
			"cut":             signed[:last],
			"none":            signed[:strings.LastIndexByte(signed, '.')+1],
			"doubled":         signed + signed[strings.LastIndexByte(signed, '.')+1:],
			"very long":       signed + strings.Repeat("A", 200),
			"a dot more":      strings.Replace(signed, ".", "..", 1),
		} {
			if value, _, err := s.Unsign(other); err != signing.ErrSignature || value != "" {
				t.Errorf("%v, %s: got %q, %v", digest, name, value, err)
			}
		}
		for c := range 256 {
			other := signed[:last] + string([]byte{byte(c)})
			if _, _, err := s.Unsign(other); (err == nil) != (other == signed) {
				t.Errorf("%v, last byte %#x: got %v", digest, c, err)
			}
		}
	}
}

func TestNoDotIsMalformed(t *testing.T) {
	s := signing.NewSigner(newRing(t, keyA), "salt", signing.SHA1, signing.HMAC)
	for _, signed := range []string{"", "value", strings.Repeat("A", 27)} {
		if _, _, err := s.Unsign(signed); err != signing.ErrMalformed {
			t.Errorf("%q: got %v, want %v", signed, err, signing.ErrMalformed)
		}
	}
}
