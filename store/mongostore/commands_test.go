package mongostore_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/mongostore"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
)

// A monitor sees every command that a client sends.
type monitor struct {
	mu   sync.Mutex
	sent []*event.CommandStartedEvent
}

func (m *monitor) command(_ context.Context, e *event.CommandStartedEvent) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, e)
}

// take gives what was sent since the last call.
func (m *monitor) take() (sent []*event.CommandStartedEvent) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sent, m.sent = m.sent, nil
	return sent
}

// watched opens a store whose commands are seen.
func watched(t *testing.T, url string, o mongostore.Options) (*mongostore.Store, *monitor) {
	t.Helper()
	target, err := mongostore.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	m := new(monitor)
	target.Client.SetMonitor(&event.CommandMonitor{Started: m.command})
	st, closer, err := mongostore.OpenTarget(t.Context(), target, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = closer.Close() })
	return st, m
}

// Each verb is one command, and one more where it has to tell why it couldn't.
func TestCommands(t *testing.T) {
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	both(t, func(t *testing.T, o mongostore.Options) {
		st, m := watched(t, "mongodb://"+server.Addr, o)
		for _, v := range verbs() {
			for _, there := range []string{"", secret, "other"} {
				if _, err := sessions.DeleteMany(t.Context(), bson.D{}); err != nil {
					t.Fatal(err)
				}
				if there != "" {
					create(t, st, key, there)
				}
				m.take()
				if err := v.Call(t.Context(), st); !verb.Answered(err) {
					t.Fatal(v.Name, err)
				}
				var names []string
				for _, e := range m.take() {
					names = append(names, e.CommandName)
				}
				want := map[string]string{"Load": "find", "Create": "update", "Update": "update", "Touch": "update", "Remove": "delete", "Delete": "delete"}[v.Name]
				if v.Name == "Create" && there != "" || (v.Name == "Update" || v.Name == "Remove") && there != secret {
					want += " find"
				}
				if got := strings.Join(names, " "); got != want {
					t.Errorf("%s of %q sends %s, want %s", v.Name, there, got, want)
				}
			}
		}
	})
}

// Whatever the client's settings say, reads are the primary's and of what a
// majority has, and writes wait for a majority.
func TestPrimaryAndMajority(t *testing.T) {
	server := realserver.Mongo(t)
	st, m := watched(t, "mongodb://"+server.Addr+"/?readPreference=nearest&readConcernLevel=local&w=1", mongostore.Options{})
	for _, v := range verbs() {
		_ = v.Call(t.Context(), st)
	}
	for range st.List(t.Context(), "") {
	}
	_, _ = st.Purge(t.Context())
	seen := 0
	for _, e := range m.take() {
		field, value := "writeConcern", "w"
		switch e.CommandName {
		case "find":
			field, value = "readConcern", "level"
		case "update", "delete":
		default:
			continue // the handshake's
		}
		seen++
		if got, _ := e.Command.Lookup(field, value).StringValueOK(); got != "majority" {
			t.Errorf("%s: %s %q", e.CommandName, field, got)
		}
		if mode, ok := e.Command.Lookup("$readPreference", "mode").StringValueOK(); ok && !strings.HasPrefix(mode, "primary") {
			t.Errorf("%s: read preference %q", e.CommandName, mode)
		}
	}
	if seen < 8 {
		t.Errorf("%d commands", seen)
	}
}

// A list asks for no data.
func TestListAsksForNoData(t *testing.T) {
	server := realserver.Mongo(t)
	st, m := watched(t, "mongodb://"+server.Addr, mongostore.Options{})
	for i := range 300 {
		create(t, st, strings.Repeat("k", i+1), strings.Repeat("x", i))
	}
	m.take()
	begun, n := time.Now(), 0
	for l, err := range st.List(t.Context(), "kk") {
		if n++; err != nil || l.Size != len(l.Key)-1 || l.Left <= 0 {
			t.Fatal(l, err)
		}
	}
	if n != 299 {
		t.Errorf("%d items after %v", n, time.Since(begun))
	}
	for _, e := range m.take() {
		if _, err := e.Command.LookupErr("projection", "val"); err == nil {
			t.Error("it asks for val")
		}
	}
}
