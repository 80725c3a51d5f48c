// Package codectest holds properties that codecs have in common, for their
// tests.
package codectest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/internal/vectors"
)

// Split says what is wrong with c where data shows this: what Split accepts
// decodes, and what Join writes of it splits into the same entries and is
// written the same again. What Split refuses is [codec.ErrMalformed].
func Split(c codec.Codec, data []byte) error {
	entries, err := c.Split(data)
	if err != nil {
		return unless(errors.Is(err, codec.ErrMalformed), "an error of another kind: %v", err)
	}
	for _, e := range entries {
		if _, err := c.Decode(e.Raw); err != nil {
			return fmt.Errorf("Split let %q pass: %v", e.Raw, err)
		}
	}
	joined, err := c.Join(nil, entries)
	if err != nil {
		return err
	}
	again, err := c.Split(joined)
	if err != nil || Show(again) != Show(entries) {
		return fmt.Errorf("%q\n got %s, %v\nwant %s", joined, Show(again), err, Show(entries))
	}
	fixed, err := c.Join(nil, again)
	return unless(err == nil && string(fixed) == string(joined), "got %q, %v, want %q", fixed, err, joined)
}

// Decode says what is wrong with c where data shows this: what decodes encodes,
// unless it is nested deeper than may be written, to bytes that decode to the
// same value and encode to themselves. What it refuses is [codec.ErrMalformed].
func Decode(c codec.Codec, data []byte) error {
	v, err := c.Decode(data)
	if err != nil {
		return unless(errors.Is(err, codec.ErrMalformed), "an error of another kind: %v", err)
	}
	encoded, err := c.Encode(nil, v)
	if err != nil {
		_, ok := errors.AsType[*codec.ValueError](err)
		return unless(ok, "an error of another kind: %v", err)
	}
	again, err := c.Decode(encoded)
	if err != nil || !vectors.Equal(again, v) {
		return fmt.Errorf("%q\n got %#v, %v\nwant %#v", encoded, again, err, v)
	}
	fixed, err := c.Encode(nil, again)
	return unless(err == nil && string(fixed) == string(encoded), "got %q, %v, want %q", fixed, err, encoded)
}

func unless(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// Show prints entries for people: keys, and values in quotes.
func Show(entries []codec.Entry) string {
	var parts []string
	for _, e := range entries {
		parts = append(parts, fmt.Sprintf("%s=%q", e.Key, e.Raw))
	}
	return strings.Join(parts, "|")
}
