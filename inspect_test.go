package dewar_test

import (
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// A store can tell Dewar's own keys from those of records, in both layouts and
// under any prefix.
func TestAuxiliaryKeys(t *testing.T) {
	for _, layout := range []dewar.Layout{dewar.NativeLayout, dewar.FlaskLayout} {
		for _, prefix := range []string{"", "session:", "a.b:", "dewar-link"} {
			st := memstore.New(memstore.Options{})
			backend := &dewar.InStore{Store: st, Prefix: prefix, Layout: layout}
			m, err := dewar.New(dewar.Options{Backend: backend})
			if err != nil {
				t.Fatal(err)
			}
			s, err := m.Load(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			s.Set("a", 1)
			answer, err := m.Commit(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if s, err = m.Load(t.Context(), answer.Value); err != nil {
				t.Fatal(err)
			}
			s.Renew()
			if _, err := m.Commit(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			links := 0
			for l, err := range st.List(t.Context(), "") {
				if err != nil {
					t.Fatal(err)
				}
				if got := dewar.IsAuxiliary(l.Key); got != backend.IsLink(l.Key) {
					t.Errorf("layout %d, prefix %q: auxiliary: %v, a link: %v", layout, prefix, got, !got)
				} else if got {
					links++
				}
			}
			if links != 1 {
				t.Errorf("layout %d, prefix %q: %d links, want 1", layout, prefix, links)
			}
		}
	}
}
