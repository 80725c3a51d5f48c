package signing_test

import (
	"fmt"
	"testing"

	"github.com/dewar-go/dewar/signing"
)

func BenchmarkUnseal(b *testing.B) {
	for _, compress := range []bool{false, true} {
		u := newURLSafe(b, signing.Options{NoCompression: !compress})
		for _, payload := range [][]byte{small, large} {
			value := string(u.Seal(nil, payload, now))
			b.Run(fmt.Sprintf("compress=%v/%d", compress, len(payload)), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, _, err := u.Unseal(value, now, 0); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	for _, compress := range []bool{false, true} {
		u := newURLSafe(b, signing.Options{NoCompression: !compress})
		for _, payload := range [][]byte{small, large} {
			b.Run(fmt.Sprintf("compress=%v/%d", compress, len(payload)), func(b *testing.B) {
				b.ReportAllocs()
				var dst []byte
				for b.Loop() {
					dst = u.Seal(dst[:0], payload, now)
				}
			})
		}
	}
}

func BenchmarkUnsign(b *testing.B) {
	s := signing.NewSigner(newRing(b, keyA), "salt", signing.SHA1, signing.HMAC)
	for _, payload := range [][]byte{small, large} {
		signed := string(s.Sign(nil, payload))
		b.Run(fmt.Sprint(len(payload)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := s.Unsign(signed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
