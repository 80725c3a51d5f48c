package signing_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/signing"
)

// A peer is a running Python with itsdangerous (testdata/peer.py).
type peer struct {
	t       *testing.T
	in      *json.Encoder
	out     *bufio.Scanner
	classic bool // its zlib is the one that internal/deflate follows
}

type question struct {
	Op         string   `json:"op"` // seal or unseal
	Keys       []string `json:"keys"`
	Salt       string   `json:"salt"`
	Digest     string   `json:"digest"`
	Derivation string   `json:"derivation"`
	Now        int64    `json:"now"`
	MaxAge     int64    `json:"max_age"`
	Payload    string   `json:"payload"`
	Value      string   `json:"value"`
}

type answer struct {
	Value, Payload, Refused string
	At                      int64
}

func newPeer(t *testing.T) *peer {
	python := cmp.Or(os.Getenv("DEWAR_PYTHON"), "python3")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // t.Context ends before Cleanup does
	cmd := exec.CommandContext(ctx, python, "testdata/peer.py")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	err = cmd.Start()
	p := &peer{t: t, in: json.NewEncoder(in), out: bufio.NewScanner(out)}
	p.out.Buffer(nil, 1<<20)
	if err != nil || !p.out.Scan() {
		cancel()
		if err == nil {
			err = cmd.Wait()
		}
		missing := t.Skipf
		if os.Getenv("CI") == "true" {
			missing = t.Fatalf
		}
		missing("%s with itsdangerous doesn't answer (name another in DEWAR_PYTHON): %v\n%s", python, err, &stderr)
	}
	t.Cleanup(func() {
		defer cancel()
		_ = in.Close()
		_, _ = io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, &stderr)
		}
	})
	var versions struct{ Itsdangerous, Zlib string }
	if err := json.Unmarshal(p.out.Bytes(), &versions); err != nil {
		t.Fatal(err)
	}
	p.classic = (strings.HasPrefix(versions.Zlib, "1.2.1") || strings.HasPrefix(versions.Zlib, "1.3")) && !strings.Contains(versions.Zlib, "ng")
	t.Logf("itsdangerous %s, zlib %s, whose bytes are compared: %v", versions.Itsdangerous, versions.Zlib, p.classic)
	return p
}

func (p *peer) ask(q question) answer {
	p.t.Helper()
	if err := p.in.Encode(q); err != nil {
		p.t.Fatal(err)
	}
	var a answer
	if !p.out.Scan() {
		p.t.Fatalf("no answer: %v", p.out.Err())
	}
	if err := json.Unmarshal(p.out.Bytes(), &a); err != nil {
		p.t.Fatal(err)
	}
	return a
}

// A party is one random choice of all that a signer is made with, for both
// languages.
type party struct {
	question
	signer  *signing.Signer
	urlsafe *signing.URLSafe
}

func newParty(t *testing.T, rng *rand.Rand) party {
	digest, derivation := digests[rng.IntN(len(digests))], derivations[rng.IntN(len(derivations))]
	salt := string(randomBytes(rng, rng.IntN(20)))
	keys := signing.Keys{Current: randomBytes(rng, 8+rng.IntN(200)), AllowShort: true}
	for range rng.IntN(4) {
		keys.Old = append(keys.Old, randomBytes(rng, 8+rng.IntN(40)))
	}
	ring, err := signing.NewRing(keys)
	if err != nil {
		t.Fatal(err)
	}
	p := party{
		question: question{
			Keys: []string{hex.EncodeToString(keys.Current)}, Salt: hex.EncodeToString([]byte(salt)),
			Digest: digest.String(), Derivation: derivation.String(),
		},
		signer:  signing.NewSigner(ring, salt, digest, derivation),
		urlsafe: signing.NewURLSafe(ring, signing.Options{Salt: salt, Digest: digest, Derivation: derivation}),
	}
	for _, old := range keys.Old {
		p.Keys = append(p.Keys, hex.EncodeToString(old))
	}
	slices.Reverse(p.Keys) // itsdangerous wants the oldest first
	return p
}

func (p party) unsealing(value string, at, maxAge int64) question {
	q := p.question
	q.Op, q.Value, q.Now, q.MaxAge = "unseal", hex.EncodeToString([]byte(value)), at, maxAge
	return q
}

// TestLiveItsdangerous holds itsdangerous and this package to each other: both
// write the same, each reads what the other wrote, ages are judged alike, and
// whatever is accepted here is accepted there with the same payload and time.
func TestLiveItsdangerous(t *testing.T) {
	py := newPeer(t)
	rng := seeded.Rand(t)
	for round := range 250 {
		p := newParty(t, rng)
		payload := randomPayload(rng)
		at := []int64{0, 1, 255, 256, frozen, 1 << 31, 253402300799, rng.Int64N(1 << 33)}[rng.IntN(8)]
		moment := time.Unix(at, 0)
		ours := string(p.urlsafe.Seal(nil, payload, moment))

		q := p.question
		q.Op, q.Payload, q.Now = "seal", hex.EncodeToString(payload), at
		theirs := py.ask(q).Value
		if ours != theirs && (py.classic || ours[0] != '.' && theirs[0] != '.') {
			t.Fatalf("round %d: got %s, want %s", round, ours, theirs)
		}

		// Python signs with an old key; the place is told as Keys has it.
		place := rng.IntN(len(p.Keys))
		q.Keys = p.Keys[:len(p.Keys)-place]
		byOld := py.ask(q).Value
		if got, info, err := p.urlsafe.Unseal(byOld, moment, 0); err != nil || !bytes.Equal(got, payload) || info.Key != place || info.At.Unix() != at {
			t.Fatalf("round %d: key %d: got %d bytes, %+v, %v", round, place, len(got), info, err)
		}

		// Ages.
		offset, maxAge := rng.Int64N(8)-2, rng.Int64N(8)-2
		_, _, err := p.urlsafe.Unseal(ours, time.Unix(at+offset, 0), time.Duration(maxAge)*time.Second)
		reply := py.ask(p.unsealing(ours, at+offset, maxAge))
		if got := err == signing.ErrExpired || err == signing.ErrFuture; got != (reply.Refused == "SignatureExpired") || (err == nil) != (reply.Refused == "") {
			t.Fatalf("round %d: age %d of %d: got %v, Python says %q", round, offset, maxAge, err, reply.Refused)
		}

		// Odd but authentic timestamps are read alike.
		stamp := oddText(rng, []string{"", "ZVPxAA", "AAAAAGVT8QA", "A", "=", "==", "_w", "Ov_0QX8"}[rng.IntN(8)])
		stamp = strings.ReplaceAll(stamp, ".", "")
		compare(t, py, p, string(p.signer.Sign(nil, []byte("e30."+stamp))), true, round)

		// Odd values of all kinds: ours is the stricter.
		compare(t, py, p, oddText(rng, ours), false, round)
		text, _, err := p.signer.Unsign(ours)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, py, p, string(p.signer.Sign(nil, []byte(oddText(rng, text)))), false, round)
	}
}

// compare demands that what is accepted here is what Python accepts, with the
// same payload and time, and, if alike, that the converse holds too.
func compare(t *testing.T, py *peer, p party, value string, alike bool, round int) {
	t.Helper()
	const late = 1 << 33 // the year 2242: all before it is in time, and all after it isn't, for both
	payload, info, err := p.urlsafe.Unseal(value, time.Unix(late, 0), late*time.Second)
	reply := py.ask(p.unsealing(value, late, late))
	switch {
	case err == nil && (reply.Refused != "" || reply.Payload != hex.EncodeToString(payload) || reply.At != info.At.Unix()):
		t.Fatalf("round %d: %q: got %x at %d, Python says %+v", round, value, payload, info.At.Unix(), reply)
	case err != nil && reply.Refused == "" && alike:
		t.Fatalf("round %d: %q: got %v, Python takes it", round, value, err)
	}
}

func randomBytes(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// randomPayload returns bytes that compress well, badly or hardly.
func randomPayload(rng *rand.Rand) []byte {
	b := randomBytes(rng, rng.IntN(1+rng.IntN(1500)))
	letters := 1 + rng.IntN(255)
	for i := range b {
		b[i] = byte(int(b[i]) % letters)
	}
	return b
}

// oddText returns text with a few characters put in, changed or cut out, out of
// those that base64 decoders disagree on.
func oddText(rng *rand.Rand, text string) string {
	const odd = "=.-_+/A0!\n\r ~\xff"
	for range 1 + rng.IntN(4) {
		i := rng.IntN(len(text) + 1)
		c := strings.Repeat(odd[rng.IntN(len(odd)):][:1], 1+rng.IntN(4))
		switch rest := text[i:]; {
		case rng.IntN(2) == 0 || rest == "":
			text = text[:i] + c + rest
		case rng.IntN(2) == 0:
			text = text[:i] + c[:1] + rest[1:]
		default:
			text = text[:i] + rest[1:]
		}
	}
	return text
}
