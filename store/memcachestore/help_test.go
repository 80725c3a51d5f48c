package memcachestore_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/memcachestore"
)

// The key and the data that no error may quote.
const (
	key    = "session:k4p2-key"
	secret = "k4p2-data"
)

func open(t testing.TB, o memcachestore.Options, servers ...string) *memcachestore.Store {
	t.Helper()
	st, err := memcachestore.New(servers, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// say sends a command past everything that is tested, and gives the first line
// of the answer; of a value the data follows after a blank.
func say(t testing.TB, addr, command string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, command+"\r\n"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	line, err := in.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	line = strings.TrimSuffix(line, "\r\n")
	if strings.HasPrefix(line, "VA") || strings.HasPrefix(line, "VALUE") {
		data, _ := in.ReadString('\n')
		line += " " + strings.TrimSuffix(data, "\r\n")
	}
	return line
}

// create makes an item that must be free.
func create(t testing.TB, st dewar.Store, key, data string) dewar.Item {
	t.Helper()
	item, err := st.Create(t.Context(), key, []byte(data), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

// load loads an item that must be there.
func load(t testing.TB, st dewar.Store, key string) dewar.Item {
	t.Helper()
	item, err := st.Load(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

// verbs are all six, for an item that holds secret and was loaded as item.
func verbs(item dewar.Item) []verb.Verb { return verb.All(key, secret, item) }

// quotesNothing checks that an error has neither the key nor data in it.
func quotesNothing(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil && strings.Contains(err.Error(), "k4p2") {
		t.Errorf("%s: an error quotes what is kept: %v", what, err)
	}
}
