package signing_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/signing"
)

// A vector is a case of ../testdata/flask_cookie.json, recorded from real
// Flask; the versions stand in the file. Only what concerns signing is read.
type vector struct {
	Name         string   `json:"name"`
	Kind         string   `json:"kind"` // roundtrip or load
	SecretHex    string   `json:"secret_key_hex"`
	FallbacksHex []string `json:"fallbacks_hex"` // oldest first
	Salt         string   `json:"salt"`
	Digest       string   `json:"digest"`
	Derivation   string   `json:"key_derivation"`
	Cookie       string   `json:"cookie"`
	Policy       string   `json:"policy"`

	// of a roundtrip
	Timestamp  int64       `json:"timestamp"`
	JSON       string      `json:"json"`
	Compressed bool        `json:"compressed"`
	Load       vectorCheck `json:"load"`

	// of a load
	vectorCheck
	ParsedCookie string `json:"parsed_cookie"`
}

type vectorCheck struct {
	Now     int64  `json:"now"`
	MaxAge  int64  `json:"max_age"`
	Outcome string `json:"outcome"`
}

func vectors(t testing.TB, kind string) []vector {
	t.Helper()
	data, err := os.ReadFile("../testdata/flask_cookie.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []vector `json:"cases"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	cases := slices.DeleteFunc(file.Cases, func(v vector) bool { return v.Kind != kind })
	if len(cases) < 100 {
		t.Fatalf("%d %s vectors: the file isn't what it was", len(cases), kind)
	}
	return cases
}

func (v vector) keys(t testing.TB) signing.Keys {
	t.Helper()
	k := signing.Keys{Current: unhex(t, v.SecretHex), AllowShort: true}
	for _, fallback := range v.FallbacksHex {
		k.Old = append(k.Old, unhex(t, fallback))
	}
	slices.Reverse(k.Old)
	return k
}

func (v vector) sealer(t testing.TB) *signing.URLSafe {
	t.Helper()
	ring, err := signing.NewRing(v.keys(t))
	if err != nil {
		t.Fatal(err)
	}
	digest, err := signing.ParseDigest(v.Digest)
	if err != nil {
		t.Fatal(err)
	}
	derivation, err := signing.ParseDerivation(v.Derivation)
	if err != nil {
		t.Fatal(err)
	}
	return signing.NewURLSafe(ring, signing.Options{Salt: v.Salt, Digest: digest, Derivation: derivation})
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFlaskWritesTheSameCookie(t *testing.T) {
	for _, v := range vectors(t, "roundtrip") {
		t.Run(v.Name, func(t *testing.T) {
			got := string(v.sealer(t).Seal(nil, []byte(v.JSON), time.Unix(v.Timestamp, 0)))
			if got != v.Cookie {
				t.Errorf("got %s, want %s", got, v.Cookie)
			}
		})
	}
}

func TestFlaskCookiesAreRead(t *testing.T) {
	for _, v := range vectors(t, "roundtrip") {
		t.Run(v.Name, func(t *testing.T) {
			maxAge := time.Duration(v.Load.MaxAge) * time.Second
			payload, info, err := v.sealer(t).Unseal(v.Cookie, time.Unix(v.Load.Now, 0), maxAge)
			if err != nil {
				t.Fatal(err)
			}
			if string(payload) != v.JSON {
				t.Errorf("payload: got %s, want %s", payload, v.JSON)
			}
			want := signing.Info{At: time.Unix(v.Timestamp, 0).UTC(), Compressed: v.Compressed}
			if info != want {
				t.Errorf("info: got %v, want %v", info, want)
			}
		})
	}
}

// refused names every load vector that is refused on these floors, and why. The
// others are accepted, those with no more than bad JSON in them too: that is
// the codec's to say.
var refused = map[string]error{
	"tamper_payload_last":          signing.ErrSignature,
	"tamper_timestamp_last":        signing.ErrSignature,
	"tamper_signature_first":       signing.ErrSignature,
	"tamper_signature_middle":      signing.ErrSignature,
	"tamper_signature_second_last": signing.ErrSignature,
	"tamper_extend_payload":        signing.ErrSignature,
	"tamper_timestamp_bumped":      signing.ErrSignature,
	"trunc_one":                    signing.ErrSignature,
	"trunc_two":                    signing.ErrSignature,
	"trunc_no_signature":           signing.ErrSignature,
	"trunc_empty_signature":        signing.ErrSignature,
	"trunc_payload_only":           signing.ErrMalformed,
	"trunc_half":                   signing.ErrSignature,
	"only_dot":                     signing.ErrSignature,
	"only_dots":                    signing.ErrSignature,
	"garbage_word":                 signing.ErrMalformed,
	"garbage_punct":                signing.ErrSignature,
	"garbage_dots_long":            signing.ErrSignature,
	"garbage_jwt":                  signing.ErrSignature,
	"garbage_bad_sig_base64_len1":  signing.ErrSignature,
	"unsigned_json":                signing.ErrMalformed,
	"header_second_of_two_valid":   signing.ErrMalformed,
	"header_percent_encoded":       signing.ErrMalformed,
	"header_nonascii_invalid_utf8": signing.ErrSignature,
	"wrong_key":                    signing.ErrSignature,
	"wrong_salt":                   signing.ErrSignature,
	"wrong_digest_sha256":          signing.ErrSignature,
	"wrong_digest_sha512":          signing.ErrSignature,
	"fallback_not_listed":          signing.ErrSignature,
	"fallback_expired":             signing.ErrExpired,
	"age_default_edge_expired":     signing.ErrExpired,
	"future_1s":                    signing.ErrFuture,
	"future_1day":                  signing.ErrFuture,
	"max_age_zero_next_second":     signing.ErrExpired,
	"nonpermanent_expires_too":     signing.ErrExpired,
	"signed_no_timestamp":          signing.ErrMalformed,
	"signed_timestamp_bad_length":  signing.ErrMalformed,
	"signed_timestamp_9_bytes":     signing.ErrMalformed,
	"unsigned_timestamp_max":       signing.ErrSignature,
	"payload_inner_junk_1":         signing.ErrPayload,
	"payload_not_base64_len":       signing.ErrPayload,
	"zip_missing_adler":            signing.ErrPayload,
	"zip_raw_deflate":              signing.ErrPayload,
	"zip_not_zlib":                 signing.ErrPayload,
	"zip_preset_dictionary":        signing.ErrPayload,
	"zip_double_dot":               signing.ErrPayload,

	// Flask takes these. Nothing writes them, and each has a policy that leaves
	// it to us.
	"signature_last_char_low_bits_1": signing.ErrSignature,
	"signature_last_char_low_bits_2": signing.ErrSignature,
	"signature_last_char_low_bits_3": signing.ErrSignature,
	"signature_padded":               signing.ErrSignature,
	"signature_padded_junk_after":    signing.ErrSignature,
	"signature_inner_junk":           signing.ErrSignature,
	"signature_inner_tilde_nonalpha": signing.ErrSignature,
	"signature_std_alphabet":         signing.ErrSignature,
	"payload_padded":                 signing.ErrPayload,
	"payload_std_alphabet":           signing.ErrPayload,
	"zip_bomb_4mib":                  signing.ErrTooLarge,
	"fallback_given_as_string":       signing.ErrSignature, // can't be said in Go
	"fallback_empty_string":          signing.ErrKey,
}

func TestFlaskLoads(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range vectors(t, "load") {
		value := cmp.Or(v.Cookie, v.ParsedCookie)
		if value == "" {
			continue // no cookie of that name in the header: not for these floors
		}
		seen[v.Name] = true
		t.Run(v.Name, func(t *testing.T) {
			want := refused[v.Name]
			if want == signing.ErrKey {
				if _, err := signing.NewRing(v.keys(t)); !errors.Is(err, want) {
					t.Errorf("NewRing: got %v, want %v", err, want)
				}
				return
			}
			payload, info, err := v.sealer(t).Unseal(value, time.Unix(v.Now, 0), time.Duration(v.MaxAge)*time.Second)
			if err != want {
				t.Fatalf("got %v, want %v", err, want)
			}
			switch {
			case v.Outcome == "ok" && err != nil && v.Policy == "":
				t.Error("Flask takes this, and no policy lets us refuse it")
			case v.Outcome == "reject" && err == nil:
				t.Error("Flask refuses this")
			case err == nil && !info.Compressed && !bytes.Equal(payload, rawPayload(t, value)):
				t.Errorf("payload: got %q", payload)
			}
		})
	}
	for name := range refused {
		if !seen[name] {
			t.Errorf("no vector is named %s", name)
		}
	}
}

// rawPayload is the decoded payload of a plain value, found without the code
// under test.
func rawPayload(t *testing.T, value string) []byte {
	t.Helper()
	parts := strings.Split(value, ".")
	b, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFallbacksAreToldByPlace(t *testing.T) {
	want := map[string]int{
		"fallback_current_still_works": 0,
		"fallback_bytes":               1,
		"fallback_last_of_three":       1, // Flask lists the oldest first
		"fallback_first_of_three":      3,
	}
	for _, v := range vectors(t, "load") {
		key, ok := want[v.Name]
		if !ok {
			continue
		}
		delete(want, v.Name)
		_, info, err := v.sealer(t).Unseal(v.Cookie, time.Unix(v.Now, 0), time.Duration(v.MaxAge)*time.Second)
		if err != nil || info.Key != key {
			t.Errorf("%s: got key %d, %v, want %d", v.Name, info.Key, err, key)
		}
	}
	if len(want) > 0 {
		t.Errorf("no vector for %v", want)
	}
}
