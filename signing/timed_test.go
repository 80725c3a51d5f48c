package signing_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/signing"
)

const frozen = 1700000000

func newTimed(t testing.TB, leeway time.Duration) (*signing.Timed, *signing.Signer) {
	t.Helper()
	s := signing.NewSigner(newRing(t, keyA, keyB), "salt", signing.SHA1, signing.HMAC)
	return signing.NewTimed(s, leeway), s
}

func TestAges(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	for _, tt := range []struct {
		name        string
		age         time.Duration
		leeway, max time.Duration
		want        error
	}{
		{"now", 0, 0, 60 * s, nil},
		{"at the limit", 60 * s, 0, 60 * s, nil},
		{"one over", 61 * s, 0, 60 * s, signing.ErrExpired},
		{"fractions of now don't count", 60*s + 999*ms, 0, 60 * s, nil},
		{"fractions of the limit neither", 60 * s, 0, 60*s + 999*ms, nil},
		{"61 is over 60.999", 61 * s, 0, 60*s + 999*ms, signing.ErrExpired},
		{"no time, same second", 0, 0, 0, nil},
		{"no time, next second", 1 * s, 0, 0, signing.ErrExpired},
		{"int() rounds towards zero", 0, 0, -999 * ms, nil},
		{"negative", 0, 0, -1 * s, signing.ErrExpired},
		{"a second early", -1 * s, 0, 60 * s, signing.ErrFuture},
		{"a fraction early", -1 * ms, 0, 60 * s, signing.ErrFuture}, // floor: another second
		{"within the leeway", -5 * s, 5 * s, 60 * s, nil},
		{"past the leeway", -6 * s, 5 * s, 60 * s, signing.ErrFuture},
		{"fractions of the leeway don't count", -6 * s, 5*s + 999*ms, 60 * s, signing.ErrFuture},
		{"the leeway doesn't prolong", 61 * s, 5 * s, 60 * s, signing.ErrExpired},
		{"negative leeway", 0, -5 * s, 60 * s, nil},
		{"early, with no time at all", -5 * s, 5 * s, 0, nil},
		{"early, with less than no time", -20 * s, 30 * s, -10 * s, signing.ErrExpired},
		{"future before expired, as in Python", -20 * s, 0, -10 * s, signing.ErrFuture},
		{"a day early", -24 * time.Hour, 0, math.MaxInt64, signing.ErrFuture},
		{"for ever", 50 * 365 * 24 * time.Hour, 0, math.MaxInt64, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			timed, _ := newTimed(t, tt.leeway)
			at := time.Unix(frozen, 0)
			signed := string(timed.Sign(nil, []byte("v"), at))
			value, gotAt, key, err := timed.Unsign(signed, at.Add(tt.age), tt.max)
			if err != tt.want {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if !gotAt.Equal(at) || key != 0 {
				t.Errorf("got %v, key %d: they hold for values out of time too", gotAt, key)
			}
			if want := map[bool]string{true: "v"}[err == nil]; value != want {
				t.Errorf("got %q, want %q", value, want)
			}
		})
	}
}

// Each was asked of itsdangerous 2.2.0 on Python 3.11: bytes_to_int(base64_decode(text)).
func TestTimestamps(t *testing.T) {
	timed, signer := newTimed(t, 0)
	for _, tt := range []struct {
		text string
		want int64 // -1: malformed
	}{
		{"", 0},
		{"AQ", 1},
		{"_w", 255},
		{"AQA", 256},
		{"ZVPxAA", frozen},
		{"AABlU_EA", frozen},    // leading zero bytes
		{"AAAAAGVT8QA", frozen}, // 8 bytes
		{"ZVPxAA==", frozen},
		{"ZVPxAA=", frozen},      // padded to ZVPxAA==
		{"ZVPxAA======", frozen}, // what follows the second "=" isn't read
		{"ZVPxAA==!junk", frozen},
		{"ZVPxAA==BB", frozen},
		{"ZV=PxAA", -1},              // the one "=" that completes the length doesn't complete the group
		{"ZVP!!xAA", -1},             // the junk takes the place of the padding
		{"ZVPxAA!!", -1},             // there too
		{"ZVPx!!!!AA", frozen},       // but not where it comes in fours
		{"A\nABlU/EA", frozen},       // complete without padding
		{"AABl\n\n\n\nU/EA", frozen}, // the standard alphabet too
		{"ZVPxAB", frozen},           // spare bits
		{"=ZVPxAA", -1},
		{"====", 0},
		{"!!!!", 0},
		{"A", -1},
		{"A===", -1},
		{"AAAAA", -1},
		{"AAAAAABlU_EA", -1}, // 9 bytes, be they zero
		{strings.Repeat("A", 4000), -1},
		{"____", 1<<24 - 1},
		{"Ov_0QX8", 253402300799}, // 9999-12-31T23:59:59Z
		{"Ov_0QYA", -1},           // a second later
		{"__________8", -1},
		{"\xff\xfe\xfd\xfc", 0},
	} {
		signed := string(signer.Sign(nil, []byte("v."+tt.text)))
		value, at, _, err := timed.Unsign(signed, time.Unix(tt.want, 0), 0)
		if tt.want < 0 {
			if err != signing.ErrMalformed || value != "" || !at.IsZero() {
				t.Errorf("%q: got %q, %v, %v, want %v", tt.text, value, at, err, signing.ErrMalformed)
			}
			continue
		}
		if err != nil || value != "v" || at.Unix() != tt.want || at.Location() != time.UTC {
			t.Errorf("%q: got %q, %v (%d), %v, want %d", tt.text, value, at, at.Unix(), err, tt.want)
		}
	}
}

func TestTimesAreWrittenShort(t *testing.T) {
	timed, _ := newTimed(t, 0)
	for _, tt := range []struct {
		now  int64
		want string
	}{
		{0, ""},
		{1, "AQ"},
		{255, "_w"},
		{256, "AQA"},
		{frozen, "ZVPxAA"},
		{1<<31 - 1, "f____w"},
		{253402300799, "Ov_0QX8"},
		{-1, ""}, // there is nothing before 1970
	} {
		signed := string(timed.Sign(nil, []byte("v"), time.Unix(tt.now, 999999999)))
		if got := strings.Split(signed, ".")[1]; got != tt.want {
			t.Errorf("%d: got %q, want %q", tt.now, got, tt.want)
		}
	}
}

func TestTimedRefusesWhatHasNoTime(t *testing.T) {
	timed, signer := newTimed(t, 0)
	signed := string(signer.Sign(nil, []byte("value")))
	if _, _, _, err := timed.Unsign(signed, time.Unix(0, 0), 0); err != signing.ErrMalformed {
		t.Errorf("got %v, want %v", err, signing.ErrMalformed)
	}
}

// Whether a value is out of time is nobody's business who can't sign.
func TestSignatureComesBeforeTime(t *testing.T) {
	timed, _ := newTimed(t, 0)
	signed := string(timed.Sign(nil, []byte("v"), time.Unix(frozen, 0)))
	if _, at, _, err := timed.Unsign("w"+signed[1:], time.Unix(0, 0), 0); err != signing.ErrSignature || !at.IsZero() {
		t.Errorf("got %v, %v, want %v", at, err, signing.ErrSignature)
	}
}
