package msgpack

import (
	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/fault"
)

// A Codec reads and writes MessagePack as Flask-Session does. The zero value is
// ready, and safe for concurrent use.
type Codec struct{}

var (
	_ codec.Codec  = Codec{}
	_ codec.Marker = Codec{}
)

func malformed(offset int) error   { return fault.Malformed("msgpack", offset) }
func beyondLimit(offset int) error { return fault.Limit("msgpack", offset) }
