package entries

import (
	"fmt"
	"testing"
)

// Few keys and many are looked up in different ways.
func TestLastValueTakesTheFirstPlace(t *testing.T) {
	for _, n := range []int{1, 2, fewKeys, fewKeys + 1, 100} {
		keys, data := "", []byte{}
		var spans []Span
		for round := range byte(2) {
			for i := range n {
				start := len(keys)
				keys += fmt.Sprint("k", i)
				data = append(data, round, byte(i))
				spans = append(spans, Span{start, len(keys), len(data) - 2, len(data)})
			}
		}
		got := Make(keys, data, spans)
		if len(got) != n {
			t.Errorf("%d keys: got %d entries", n, len(got))
		}
		for i, e := range got {
			if e.Key != fmt.Sprint("k", i) || string(e.Raw) != string([]byte{1, byte(i)}) || cap(e.Raw) != 2 {
				t.Errorf("%d keys: entry %d is %s=%v with room for %d", n, i, e.Key, e.Raw, cap(e.Raw))
			}
		}
	}
	if got := Make("", nil, nil); got != nil {
		t.Errorf("got %v, want nil", got)
	}
}
