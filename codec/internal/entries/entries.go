// Package entries makes the result of a codec's Split.
package entries

import "github.com/dewar-go/dewar/codec"

// A Span is where an entry stands: its key in a text of keys, its value in the
// data.
type Span struct {
	Key, KeyEnd, Value, ValueEnd int
}

// Make returns the entries that stand at spans, in one allocation. Of those with
// the same key the last value takes the place of the first, as in a Python dict.
// No spans give nil.
func Make(keys string, data []byte, spans []Span) []codec.Entry {
	if len(spans) == 0 {
		return nil
	}
	// There is room for the first that a handler adds.
	all := positions{entries: make([]codec.Entry, 0, len(spans)+1)}
	for _, s := range spans {
		all.put(codec.Entry{Key: keys[s.Key:s.KeyEnd], Raw: data[s.Value:s.ValueEnd:s.ValueEnd]})
	}
	return all.entries
}

// positions knows where the entry of a key stands.
type positions struct {
	entries []codec.Entry
	index   map[string]int // nil while there are few
}

// fewKeys is how many keys are compared one by one before a map is worth it.
const fewKeys = 16

func (p *positions) put(e codec.Entry) {
	if p.index == nil && len(p.entries) == fewKeys {
		p.index = make(map[string]int, cap(p.entries))
		for i := range p.entries {
			p.index[p.entries[i].Key] = i
		}
	}
	if i := p.find(e.Key); i >= 0 {
		p.entries[i].Raw = e.Raw
		return
	}
	if p.index != nil {
		p.index[e.Key] = len(p.entries)
	}
	p.entries = append(p.entries, e)
}

func (p *positions) find(key string) int {
	if p.index != nil {
		if i, ok := p.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range p.entries {
		if p.entries[i].Key == key {
			return i
		}
	}
	return -1
}
