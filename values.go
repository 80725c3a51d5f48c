package dewar

import (
	"bytes"
	"fmt"
	"slices"
)

// values are the entries of one session. Those that nobody asks for are never
// decoded. A map or slice that was handed out is remembered as live, because
// its holder may change it in place; everything else is decoded anew for each
// caller.
type values struct {
	codec   Codec
	entries []Entry
	live    []any          // beside entries once one is live; nil where not
	index   map[string]int // made once a scan would be long
}

// scanLimit is the number of entries up to which a scan beats a map.
const scanLimit = 16

// find gives the place of key, or -1.
func (v *values) find(key string) int {
	if len(v.entries) <= scanLimit {
		for i := range v.entries {
			if v.entries[i].Key == key {
				return i
			}
		}
		return -1
	}
	if v.index == nil {
		v.index = make(map[string]int, len(v.entries))
		for i := range v.entries {
			v.index[v.entries[i].Key] = i
		}
	}
	if i, ok := v.index[key]; ok {
		return i
	}
	return -1
}

// at decodes the value in place i. If share is set, a map or slice becomes
// live and is the same for every caller.
func (v *values) at(i int, share bool) (any, error) {
	if v.live != nil && v.live[i] != nil {
		return v.live[i], nil
	}
	val, err := v.codec.Decode(v.entries[i].Raw)
	if err != nil {
		return nil, err
	}
	if share && mutable(val) {
		if v.live == nil {
			v.live = make([]any, len(v.entries), cap(v.entries))
		}
		v.live[i] = val
	}
	return val, nil
}

// mutable reports whether the holder of val can change it in place.
func mutable(val any) bool {
	switch val := val.(type) {
	case map[string]any:
		return true
	case []any:
		return len(val) > 0
	case Tuple:
		return len(val) > 0
	case []byte:
		return len(val) > 0
	}
	return false
}

// put makes raw the value under key and reports whether that changed anything.
func (v *values) put(key string, raw []byte) (changed bool) {
	i := v.find(key)
	if i < 0 {
		v.entries = append(v.entries, Entry{Key: key, Raw: raw})
		if v.live != nil {
			v.live = append(v.live, nil)
		}
		if v.index != nil {
			v.index[key] = len(v.entries) - 1
		}
		return true
	}
	changed = !bytes.Equal(v.entries[i].Raw, raw) || v.live != nil && v.live[i] != nil
	v.entries[i].Raw = raw
	if v.live != nil {
		v.live[i] = nil
	}
	return changed
}

// remove forgets key and reports whether it was there. The others keep their
// order.
func (v *values) remove(key string) bool {
	i := v.find(key)
	if i < 0 {
		return false
	}
	v.entries = slices.Delete(v.entries, i, i+1)
	if v.live != nil {
		v.live = slices.Delete(v.live, i, i+1)
	}
	v.index = nil
	return true
}

// clear forgets everything.
func (v *values) clear() { v.entries, v.live, v.index = nil, nil, nil }

// settle encodes again what was changed in place, and reports whether anything
// was. note is told before each.
func (v *values) settle(note func(key string, raw []byte)) (changed bool, err error) {
	for i := range v.live {
		raw, err := v.inPlace(i)
		if err != nil {
			return changed, err
		}
		if raw == nil {
			continue
		}
		note(v.entries[i].Key, raw)
		v.entries[i].Raw, changed = raw, true
	}
	return changed, nil
}

// inPlace gives the bytes of entry i, if it was changed in place. A value whose
// bytes merely aren't the codec's own (another program wrote them) hasn't changed
// and keeps its bytes.
func (v *values) inPlace(i int) ([]byte, error) {
	if v.live == nil || v.live[i] == nil {
		return nil, nil
	}
	raw, err := v.codec.Encode(nil, v.live[i])
	if err != nil {
		return nil, fmt.Errorf("dewar: a value changed in place: %w", err)
	}
	if bytes.Equal(raw, v.entries[i].Raw) || bytes.Equal(raw, v.canonical(i)) {
		return nil, nil
	}
	return raw, nil
}

// canonical gives the bytes that the codec itself would write for entry i.
func (v *values) canonical(i int) []byte {
	val, err := v.codec.Decode(v.entries[i].Raw)
	if err != nil {
		return nil
	}
	raw, _ := v.codec.Encode(nil, val)
	return raw
}
