package deflate

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/golden.json anew, with the zlib of a running Python")

const goldenFile = "testdata/golden.json"

// golden is what zlib made of the inputs of goldenInputs.
type golden struct {
	Origin  string         `json:"origin"`
	Vectors []goldenVector `json:"vectors"`
}

type goldenVector struct {
	Name         string `json:"name"`
	InputSHA256  string `json:"input_sha256"`
	InputLen     int    `json:"input_len"`
	OutputSHA256 string `json:"output_sha256"`
	OutputLen    int    `json:"output_len"`
	Output       string `json:"output,omitempty"` // in hex, where it is short
}

// A goldenInput is compressed part by part, and stands for all of the streams
// one after the other.
type goldenInput struct {
	name  string
	parts [][]byte
}

// goldenInputs returns the inputs of the golden vectors, always the same.
func goldenInputs() []goldenInput {
	r := rand.New(rand.NewPCG(20231114, 22))
	one := func(name string, data []byte) goldenInput { return goldenInput{name, [][]byte{data}} }
	return []goldenInput{
		one("empty", nil),
		one("one byte", []byte("a")),
		one("two bytes", []byte("ab")),
		one("three equal bytes", []byte("aaa")),
		one("fixed codes", []byte(`{"user":"user"}`)),
		one("session of 100 bytes", session(r, 100)),
		one("session of 500 bytes", session(r, 500)),
		one("session of 4 KB", session(r, 4000)),
		one("session of 300 KB", session(r, 300_000)),
		one("hex of 300 bytes", pick(r, hexDigits, 300)),
		one("hex of 70 KB", pick(r, hexDigits, 70_000)),
		one("binary digits", pick(r, binaryDigits, 20_000)),
		one("noise of 100 bytes", noise(r, 100)),
		one("noise of 100 KB", noise(r, 100_000)),
		one("noise and text", append(noise(r, 20_000), session(r, 20_000)...)),
		one("runs", runs(r, base64URL, 500, 50_000)),
		one("zeros of 5 MB", make([]byte, 5_000_000)),
		one("mixture", mixture(r, 200_000)),
		one("literals that fill a block", sparse(blockTokens)),
		one("literals and a match that fill a block", append(sparse(blockTokens-1), sparse(9)...)),
		one("codes longer than 15 bits", fibonacci(r, 20)),
		one("match of length 3 as far as they go", echo(r, 9000, 8000, tooFar, 3)),
		one("match of length 3 too far", echo(r, 9000, 8000, tooFar+1, 3)),
		one("match as far as they go", echo(r, 40_000, 33_000, maxDistance, 9)),
		one("match too far", echo(r, 40_000, 33_000, maxDistance+1, 9)),
		one("no match at the start of the input", echo(r, 1000, 500, 500, 9)),
		{"no match at the start of the window", each(4, func(int) []byte {
			return echo(r, windowSize+maxDistance+minLookahead-1, windowSize+maxDistance, maxDistance, 5)
		})},
		{"match at the end of the window", each(4, func(int) []byte {
			return echo(r, windowSize+maxDistance+minLookahead, windowSize+maxDistance, maxDistance, 5)
		})},
		one("period of the longest distance", period(r, maxDistance, 150_000)),
		one("period beyond the longest distance", period(r, maxDistance+1, 150_000)),
		{"one distance", each(7, func(n int) []byte {
			return append(bytes.Repeat([]byte(base64URL[:1+n]), 50), pairs(hexDigits[4:])...)
		})},
		{"short alphabets", each(200, func(n int) []byte { return pick(r, hexDigits[:1+n%16], n) })},
		{"short noise", each(200, func(n int) []byte { return noise(r, n) })},
		{"short runs", each(200, func(n int) []byte { return runs(r, base64URL, 1+n%30, n) })},
		{"short sessions", each(300, func(n int) []byte { return session(r, n) })},
		{"short periods", each(300, func(n int) []byte { return period(r, 1+n/10, n) })},
		{"mixtures", each(60, func(n int) []byte { return mixture(r, 50*n+1) })},
		{"deep trees", each(23, func(n int) []byte { return fibonacci(r, n) })},
	}
}

func TestGolden(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	text, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	inputs := goldenInputs()
	if got, want := len(g.Vectors), len(inputs); got != want {
		t.Fatalf("%d golden vectors, want %d", got, want)
	}
	for i, want := range g.Vectors {
		input := inputs[i]
		t.Run(want.Name, func(t *testing.T) {
			if sum(bytes.Join(input.parts, nil)) != want.InputSHA256 {
				t.Fatal("the input is not the one the vector was made from")
			}
			var got []byte
			for _, part := range input.parts {
				got = Append(got, part)
			}
			if want.Output != "" && hex.EncodeToString(got) != want.Output {
				t.Errorf("got %x, want %s", got, want.Output)
			}
			if len(got) != want.OutputLen || sum(got) != want.OutputSHA256 {
				t.Errorf("got %d bytes, want %d, or other bytes than wanted", len(got), want.OutputLen)
			}
		})
	}
}

func writeGolden(t *testing.T) {
	p := startPython(t)
	if !p.classic() {
		t.Fatalf("golden vectors need classic zlib, Python has %s", p.version)
	}
	g := golden{Origin: "zlib.compress(input) of Python with zlib " + p.version + ", inputs from goldenInputs, written by go test -run TestGolden -update"}
	for _, input := range goldenInputs() {
		var output []byte
		for _, part := range input.parts {
			stream, _ := p.ask(t, part, nil)
			output = append(output, stream...)
		}
		data := bytes.Join(input.parts, nil)
		v := goldenVector{
			Name:         input.name,
			InputSHA256:  sum(data),
			InputLen:     len(data),
			OutputSHA256: sum(output),
			OutputLen:    len(output),
		}
		if len(output) <= 128 {
			v.Output = hex.EncodeToString(output)
		}
		g.Vectors = append(g.Vectors, v)
	}
	text, err := json.MarshalIndent(g, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goldenFile, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// TestFlaskCookies compares Append with the cookies recorded from Flask.
func TestFlaskCookies(t *testing.T) {
	text, err := os.ReadFile("../../testdata/flask_cookie.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name, Kind, JSON, Cookie string
			Compressed               bool
			ZlibLen                  int `json:"zlib_len"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	compressed := 0
	for _, c := range file.Cases {
		if c.Kind != "roundtrip" {
			continue
		}
		got := Append(nil, []byte(c.JSON))
		if len(got) != c.ZlibLen {
			t.Errorf("%s: got %d bytes, want %d", c.Name, len(got), c.ZlibLen)
		}
		if !c.Compressed {
			continue
		}
		compressed++
		payload, _, _ := strings.Cut(strings.TrimPrefix(c.Cookie, "."), ".")
		want, err := base64.RawURLEncoding.DecodeString(payload)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: got %x, want %x", c.Name, got, want)
		}
	}
	if compressed == 0 {
		t.Fatal("no compressed cookies in the file")
	}
}
