package taggedjson

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/codec"
)

// Join appends the session that consists of entries, as Flask writes it: in the
// order of the keys' code points, and a single entry whose key is a tag
// escaped. Values go in as they are, so that Join is what [Codec.Split] was of
// up to white space and the spelling of keys. It refuses an entry without a
// value ([codec.ErrMalformed]) and a key that isn't text (*[codec.ValueError]);
// dst then comes back as it was. The entries are not checked otherwise, and not
// reordered.
func (c Codec) Join(dst []byte, entries []codec.Entry) ([]byte, error) {
	if len(entries) == 1 && c.isTag(entries[0].Key) {
		return c.joinEscaped(dst, entries[0])
	}
	var room [16]codec.Entry
	if !slices.IsSortedFunc(entries, byKey) {
		entries = append(room[:0], entries...)
		slices.SortStableFunc(entries, byKey)
	}
	out := slices.Grow(dst, joinedLen(entries))
	out = append(out, '{')
	for i, e := range entries {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendEntry(out, e.Key, e.Raw); err != nil {
			return dst, err
		}
	}
	return append(out, '}'), nil
}

func (c Codec) joinEscaped(dst []byte, e codec.Entry) ([]byte, error) {
	out, err := appendEntry(append(dst, `{" di":{`...), e.Key+escapeSuffix, e.Raw)
	if err != nil {
		return dst, err
	}
	return append(out, '}', '}'), nil
}

func appendEntry(dst []byte, key string, raw []byte) ([]byte, error) {
	if len(raw) == 0 {
		return nil, fmt.Errorf("taggedjson: entry without a value: %w", codec.ErrMalformed)
	}
	dst, err := appendText(dst, key)
	if err != nil {
		return nil, err
	}
	return append(append(dst, ':'), raw...), nil
}

func byKey(a, b codec.Entry) int {
	return strings.Compare(a.Key, b.Key)
}

// joinedLen is exact for keys without escapes.
func joinedLen(entries []codec.Entry) int {
	n := len("{}")
	for i := range entries {
		n += len(`"":,`) + len(entries[i].Key) + len(entries[i].Raw)
	}
	return n
}
