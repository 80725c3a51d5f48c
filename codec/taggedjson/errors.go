package taggedjson

import "github.com/dewar-go/dewar/codec/internal/fault"

func malformed(offset int) error {
	return fault.Malformed("taggedjson", offset)
}

func beyondLimit(offset int) error { return fault.Limit("taggedjson", offset) }
