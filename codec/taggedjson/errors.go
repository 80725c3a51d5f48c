package taggedjson

import (
	"fmt"

	"github.com/dewar-go/dewar/codec"
)

// malformed says where, and never what: the data is somebody's session.
func malformed(offset int) error {
	return fmt.Errorf("taggedjson: byte %d: %w", offset, codec.ErrMalformed)
}

func beyondLimit(offset int) error {
	return fmt.Errorf("taggedjson: byte %d: %w", offset, codec.ErrLimit)
}
