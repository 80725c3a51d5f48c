package deflate

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
)

// The alphabets of generated inputs.
const (
	binaryDigits = "01"
	hexDigits    = "0123456789abcdef"
	base64URL    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// each returns what make makes for every length below n.
func each(n int, make func(n int) []byte) [][]byte {
	var all [][]byte
	for i := range n {
		all = append(all, make(i))
	}
	return all
}

// pick returns n bytes chosen from alphabet.
func pick(r *rand.Rand, alphabet string, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return b
}

// noise returns n bytes that do not compress.
func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.LittleEndian.AppendUint64(b, r.Uint64())
	}
	return b[:n]
}

// sparse returns n bytes, in which hardly any three occur twice: what
// compresses to literals alone.
func sparse(n int) []byte {
	b := make([]byte, 0, n+2)
	for i := 0; len(b) < n; i++ {
		b = append(b, byte(i), byte(i>>8)^0x5a, byte(i>>16)^byte(i*7))
	}
	return b[:n]
}

// runs returns n bytes in runs of up to longest equal ones.
func runs(r *rand.Rand, alphabet string, longest, n int) []byte {
	var b []byte
	for len(b) < n {
		c := alphabet[r.IntN(len(alphabet))]
		for range 1 + r.IntN(longest) {
			b = append(b, c)
		}
	}
	return b[:n]
}

// session returns JSON text of at least n bytes, like that of a session.
func session(r *rand.Rand, n int) []byte {
	var b strings.Builder
	b.WriteString("{")
	for i := 0; b.Len() < n; i++ {
		if i > 0 {
			b.WriteString(",")
		}
		switch r.IntN(6) {
		case 0:
			fmt.Fprintf(&b, `"_user_id":"%d"`, r.IntN(100000))
		case 1:
			fmt.Fprintf(&b, `"csrf_token":"%s"`, pick(r, hexDigits, 40))
		case 2:
			fmt.Fprintf(&b, `"_flashes":[{" t":["message","Item %d was saved."]}]`, r.IntN(50))
		case 3:
			fmt.Fprintf(&b, `"cart_%d":{"sku":"%s","quantity":%d,"gift":false}`, i, pick(r, base64URL, 8), r.IntN(9))
		case 4:
			fmt.Fprintf(&b, `"seen":{" d":"Tue, %02d Nov 2023 %02d:13:20 GMT"}`, 1+r.IntN(30), r.IntN(24))
		case 5:
			fmt.Fprintf(&b, `"name":"\u00e9l\u00e8ve %s"`, pick(r, base64URL, r.IntN(20)))
		}
	}
	b.WriteString("}")
	return []byte(b.String())
}

// pairs returns letters of alphabet without three that occur twice.
func pairs(alphabet string) []byte {
	var b []byte
	for i := range alphabet {
		for j := range i {
			b = append(b, alphabet[i], alphabet[j])
		}
	}
	return b
}

// echo returns n hex digits in which the length bytes at position at are noise,
// and the same as those distance bytes before. There is hardly another match
// for them, nor another position with their hash.
func echo(r *rand.Rand, n, at, distance, length int) []byte {
	b := pick(r, hexDigits, n)
	copy(b[at-distance:], noise(r, length))
	copy(b[at:min(at+length, n)], b[at-distance:])
	return b
}

// period returns n bytes that repeat after length bytes of noise.
func period(r *rand.Rand, length, n int) []byte {
	b := noise(r, n)
	for i := length; i < n; i++ {
		b[i] = b[i-length]
	}
	return b
}

// mixture returns n bytes of stretches of all kinds.
func mixture(r *rand.Rand, n int) []byte {
	var b []byte
	for len(b) < n {
		k := 1 + r.IntN(n/4+1)
		switch r.IntN(6) {
		case 0:
			b = append(b, noise(r, k)...)
		case 1:
			b = append(b, pick(r, hexDigits, k)...)
		case 2:
			b = append(b, session(r, k)...)
		case 3:
			b = append(b, runs(r, binaryDigits, 300, k)...)
		case 4:
			b = append(b, period(r, 1+r.IntN(300), k)...)
		case 5:
			if len(b) > 0 {
				from := r.IntN(len(b))
				b = append(b, b[from:min(from+k, len(b))]...)
			}
		}
	}
	return b[:n]
}

// fibonacci returns bytes whose frequencies are those that make the deepest
// Huffman tree, in random order.
func fibonacci(r *rand.Rand, symbols int) []byte {
	var b []byte
	for i, f, g := 0, 1, 1; i < symbols; i, f, g = i+1, g, f+g {
		for range f {
			b = append(b, byte(i*11))
		}
	}
	r.Shuffle(len(b), func(i, j int) { b[i], b[j] = b[j], b[i] })
	return b
}
