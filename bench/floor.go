package bench

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"hash"
	"net/http"
	"strings"
)

// salt is the one that Flask signs sessions with.
const salt = "cookie-session"

// floor is the least that a session in Flask's format costs a reader: it finds
// the cookie, verifies its signature, decodes its base64 and looks at each byte
// once. It parses nothing, knows no time, no second cookie, no key but one, and
// its handlers serve one request at a time. The cookies that it reads are made
// by keeper, whose payloads aren't compressed.
func floor(key []byte, keeper Contender) Contender {
	return Contender{Name: "floor", keeps: keeper.new, new: func(Op) http.Handler {
		f := newFloorReader(key)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, ok := f.sum(r.Header["Cookie"])
			reply(w, ok)
		})
	}}
}

// A floorReader holds all the room that it needs, so it allocates nothing.
type floorReader struct {
	mac     hash.Hash
	value   []byte
	sig     [sha1.Size]byte
	text    [27]byte // sig in base64
	payload []byte
}

func newFloorReader(key []byte) *floorReader {
	derived := hmac.New(sha1.New, key)
	derived.Write([]byte(salt))
	return &floorReader{mac: hmac.New(sha1.New, derived.Sum(nil))}
}

// sum adds up the bytes of the payload; it reports false if there is none that
// is signed.
func (f *floorReader) sum(cookies []string) (total int, ok bool) {
	if len(cookies) == 0 {
		return 0, false
	}
	_, value, ok := strings.Cut(cookies[0], "=")
	if !ok {
		return 0, false
	}
	f.value = append(f.value[:0], value...)
	dot := bytes.LastIndexByte(f.value, '.')
	if dot < 0 {
		return 0, false
	}
	signed, sig := f.value[:dot], f.value[dot+1:]
	f.mac.Reset()
	f.mac.Write(signed)
	base64.RawURLEncoding.Encode(f.text[:], f.mac.Sum(f.sig[:0]))
	if !hmac.Equal(f.text[:], sig) {
		return 0, false
	}
	text, _, _ := bytes.Cut(signed, []byte("."))
	payload, err := base64.RawURLEncoding.AppendDecode(f.payload[:0], text)
	if err != nil {
		return 0, false
	}
	f.payload = payload
	for _, b := range payload {
		total += int(b)
	}
	return total, true
}
