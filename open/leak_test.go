package open_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// Who has all that a store keeps has no session by it: neither a session's id, present
// or previous, nor anything else that can be sent as one, is there.
func TestALeakedStoreOpensNoSession(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"memory":     func(*testing.T) string { return "mem:" },
		"files":      func(t *testing.T) string { return "file://" + t.TempDir() + "/sessions" },
		"SQLite":     func(t *testing.T) string { return "sqlite:///" + t.TempDir() + "/a.db" },
		"Redis":      func(t *testing.T) string { return "redis://" + realserver.Redis(t).Addr },
		"memcached":  func(t *testing.T) string { return "memcached://" + realserver.Memcached(t).Addr },
		"MongoDB":    func(t *testing.T) string { return "mongodb://" + realserver.Mongo(t, "--standalone").Addr + "/db" },
		"MariaDB":    func(t *testing.T) string { return "mysql://root@" + realserver.MariaDB(t).Addr + "/test" },
		"PostgreSQL": func(t *testing.T) string { return "postgres://postgres@" + realserver.PostgreSQL(t).Addr + "/postgres?sslmode=disable" },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			o := mustOpen(t, url(t))
			if db, ok := o.Store.(*sqlstore.Store); ok {
				if _, err := db.Migrate(ctx); err != nil {
					t.Fatal(err)
				}
			}
			st := &written{Store: o.Store}
			backend := o.InStore()
			backend.Store = st
			var next string
			var ids []string
			m, err := dewar.New(dewar.Options{Backend: backend})
			if err != nil {
				t.Fatal(err)
			}
			// A session that lives, one that was renewed twice, and one that has ended.
			for renewals := range 3 {
				s, err := m.Load(ctx, "")
				for n := 0; err == nil; n++ {
					if s.Login(fmt.Sprint("user", n)); renewals == 2 && n == 1 {
						s.Destroy()
					}
					var a dewar.Answer
					if a, err = m.Commit(ctx, s); a.Value != "" {
						next = a.Value
						ids = append(ids, next)
					}
					if err != nil || n == 2*renewals {
						break
					}
					s, err = m.Load(ctx, next)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			var dump bytes.Buffer
			for key := range st.keys {
				fmt.Fprintln(&dump, key)
				if item, err := o.Store.Load(ctx, key); err == nil {
					dump.Write(item.Data)
				}
			}
			for item, err := range dewar.List(ctx, o.Store, "") {
				if err == nil {
					fmt.Fprintln(&dump, item.Key)
				}
			}
			for _, id := range ids {
				raw, err := base64.RawURLEncoding.DecodeString(id)
				if err != nil || bytes.Contains(dump.Bytes(), []byte(id)) || bytes.Contains(dump.Bytes(), raw) {
					t.Errorf("an id is in the dump (%v)", err)
				}
			}
			tried := 0
			for _, word := range regexp.MustCompile(`[A-Za-z0-9_-]{16,}`).FindAllString(dump.String(), -1) {
				tried++
				if s, err := m.Load(ctx, word); err != nil || !s.IsNew() {
					t.Errorf("a word of the dump leads to a session (%v)", err)
				}
			}
			if s, err := m.Load(ctx, ids[0]); err != nil || s.User() != "user0" || len(ids) < 7 || tried < 7 {
				t.Errorf("%d ids, %d words, %v: nothing was tested", len(ids), tried, err)
			}
		})
	}
}

// written is a store that remembers its keys.
type written struct {
	dewar.Store
	mu   sync.Mutex
	keys map[string]bool
}

func (w *written) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.keys == nil {
		w.keys = map[string]bool{}
	}
	w.keys[strings.Clone(key)] = true
	return w.Store.Create(ctx, key, data, life)
}
