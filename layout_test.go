package dewar_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// keysOf gives the keys of a store's records, or of its links, but for these.
func keysOf(t *testing.T, st *memstore.Store, links bool, but ...string) (keys []string) {
	t.Helper()
	for item, err := range st.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(item.Key, "dewar-link.") == links && !strings.Contains(strings.Join(but, " "), item.Key) {
			keys = append(keys, item.Key)
		}
	}
	return keys
}

// The store's keys are digests, and links of renewed ids are sealed: who reads it
// can take over no session.
func TestNativeLayoutHoldsNoIDs(t *testing.T) {
	m, st := stored(t, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1})
	next := cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Renew() }))
	records, links := keysOf(t, st, false), keysOf(t, st, true)
	if len(records) != 1 || len(links) != 1 {
		t.Fatalf("%d records, %d links", len(records), len(links))
	}
	for _, key := range append(records, links...) {
		item, err := st.Load(t.Context(), key)
		for _, c := range []string{cookie, next} {
			if _, id, _ := strings.Cut(c, "="); err != nil || id == "" || strings.Contains(key+" "+string(item.Data), id) {
				t.Errorf("a key, a record or a link holds an id (%v)", err)
			}
		}
	}
}

// What stands in logs for a session is no part of where the store keeps it.
func TestHandlesTellNoKeys(t *testing.T) {
	m, st := stored(t, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1})
	visit(m, cookie, func(s *dewar.Session) {
		key, err := base64.RawURLEncoding.DecodeString(keysOf(t, st, false)[0])
		if err != nil || strings.HasPrefix(hex.EncodeToString(key), s.Handle()) {
			t.Errorf("the handle is the beginning of the key (%v)", err)
		}
	})
}

// replant puts data under a key of a store.
func replant(t *testing.T, st *memstore.Store, key string, data []byte) {
	t.Helper()
	if err := st.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Create(t.Context(), key, data, time.Hour); err != nil {
		t.Fatal(err)
	}
}

// Who can write to the store can't give one visitor's session to another: a record
// is good for the id that it was made for.
func TestARecordIsForItsIDAlone(t *testing.T) {
	var seen recorder
	m, st := stored(t, func(o *dewar.Options) { o.Observer = &seen })
	signedIn(t, m, map[string]any{"user": "a"})
	of := keysOf(t, st, false)
	bs := signedIn(t, m, map[string]any{"user": "b"})
	theirs := keysOf(t, st, false, of...)[0]
	a, err := st.Load(t.Context(), of[0])
	if err != nil {
		t.Fatal(err)
	}
	b, err := st.Load(t.Context(), theirs)
	if err != nil {
		t.Fatal(err)
	}
	b.Data[0]++ // another version
	for _, data := range [][]byte{a.Data, b.Data, b.Data[:20], nil} {
		replant(t, st, theirs, data)
		visit(m, bs, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Errorf("b is %v, by %d bytes", s.Get("user"), len(data))
			}
		})
	}
	if got := seen.kinds(); got != strings.TrimSpace(strings.Repeat("refused:undecodable ", 4)) {
		t.Errorf("events: %s", got)
	}
}

// Nor does a link lead anybody but who has the id that it was made for.
func TestALinkIsForItsIDAlone(t *testing.T) {
	m, st := stored(t, nil)
	renewed := func(user string) (old string) {
		old = signedIn(t, m, map[string]any{"user": user})
		visit(m, old, func(s *dewar.Session) { s.Renew() })
		return old
	}
	renewed("a")
	of := keysOf(t, st, true)
	bs := renewed("b")
	a, err := st.Load(t.Context(), of[0])
	if err != nil {
		t.Fatal(err)
	}
	replant(t, st, keysOf(t, st, true, of...)[0], a.Data)
	visit(m, bs, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Errorf("b is %v", s.Get("user"))
		}
	})
}
