package cli

import (
	"encoding/base64"
	"errors"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

const taggedHelp = `Times are cut to seconds, as Flask cuts them. A value that tagged JSON has no tag
for is printed as {" x":["TYPE","TEXT"]}: a time past the year 9999 as RFC 3339
has it, and what only its format knows (a map with keys that aren't text, an
extension) in base64.`

// tagged returns the session in entries as a line of tagged JSON.
func tagged(from codec.Codec, entries []dewar.Entry) ([]byte, error) {
	session := make(map[string]any, len(entries))
	for _, e := range entries {
		v, err := from.Decode(e.Raw)
		if err != nil {
			return nil, &refusal{"undecodable", err.Error()}
		}
		session[e.Key] = v
	}
	printer, err := taggedjson.New(taggedjson.Tag{Name: " x", Encode: untagged, Decode: neverRead})
	if err != nil {
		return nil, err
	}
	line, err := printer.Encode(nil, session)
	if err != nil {
		return nil, &refusal{"undecodable", "a session that can be read but not printed: " + err.Error()}
	}
	return line, nil
}

// untagged gives what is printed of a value that tagged JSON has no tag for.
func untagged(v any) (inner any, ok bool, err error) {
	switch v := v.(type) {
	case codec.Opaque:
		return []any{v.Kind, base64.StdEncoding.EncodeToString(v.Raw)}, true, nil
	case time.Time:
		if year := v.UTC().Year(); year < 1 || year > 9999 {
			return []any{"time", v.UTC().Format(time.RFC3339Nano)}, true, nil
		}
	}
	return nil, false, nil
}

func neverRead(any) (any, error) { return nil, errors.ErrUnsupported }
