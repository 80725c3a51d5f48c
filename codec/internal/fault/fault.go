// Package fault makes the errors that all codecs have in common. None of them
// quotes the data: it is somebody's session.
package fault

import (
	"fmt"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// Malformed says at which byte the data stops being what the package of that
// name writes. It is [codec.ErrMalformed].
func Malformed(pkg string, offset int) error {
	return fmt.Errorf("%s: byte %d: %w", pkg, offset, codec.ErrMalformed)
}

// Limit says at which byte the data asks for too much. It is [codec.ErrLimit].
func Limit(pkg string, offset int) error {
	return fmt.Errorf("%s: byte %d: %w", pkg, offset, codec.ErrLimit)
}

// Unfit says why v can't be part of a session. It is a *[codec.ValueError].
func Unfit(v any, reason string) error {
	return &codec.ValueError{Type: fmt.Sprintf("%T", v), Reason: reason}
}

// NotUTF8 is Unfit for text that isn't UTF-8.
func NotUTF8(s string) error {
	if wtf8.Valid(s) {
		return Unfit(s, "it has half of a surrogate pair, for which there is no UTF-8")
	}
	return Unfit(s, "it isn't UTF-8")
}

// Under puts the place of a value's element in front of where the element has
// its fault. Errors of other kinds come back as they are.
func Under(place string, err error) error {
	if e, ok := err.(*codec.ValueError); ok {
		e.Path = place + e.Path
	}
	return err
}
