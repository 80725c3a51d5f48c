package signing

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
)

// What is decoded is what the standard library's strict decoder takes, less
// the line ends that it passes over.
func TestBase64AgreesWithTheStandardLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	std := base64.RawURLEncoding.Strict()
	const characters = "ABCZabcz0189-_-_-_-_"
	accepted := 0
	for range 20_000 {
		text := make([]byte, r.IntN(14))
		for i := range text {
			text[i] = characters[r.IntN(len(characters))]
		}
		if len(text) > 0 && r.IntN(4) == 0 {
			text[r.IntN(len(text))] = byte(r.Uint32()) // any byte
		}
		want, wantErr := std.DecodeString(string(text))
		if strings.ContainsAny(string(text), "\r\n") {
			wantErr = ErrPayload
		}
		got, err := appendDecoded([]byte("kept"), string(text))
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, append([]byte("kept"), want...)) {
			t.Fatalf("%q: got %q %v, want %q %v", text, got, err, want, wantErr)
		}
		if err == nil {
			accepted++
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d were accepted", accepted)
	}
}
