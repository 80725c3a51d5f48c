package redisstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/redis/rueidis"
)

// quotesNothing checks that an error tells nobody's key, data or password.
func quotesNothing(t *testing.T, what string, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(e.Error(), "k4p2") {
			t.Errorf("%s: the error quotes what it must not", what)
		}
	}
}

// A key that holds another type is no record, and is left as it is.
func TestWrongType(t *testing.T) {
	server := realserver.Redis(t)
	st, client := open(t, "redis://"+server.Addr, redisstore.Options{}), raw(t, server)
	do(t, client, "RPUSH", key, secret)
	for _, v := range verbs()[:5] { // Delete deletes it
		err := v.Call(t.Context(), st)
		quotesNothing(t, v.Name, err)
		switch v.Name {
		case "Create":
			if !errors.Is(err, dewar.ErrExists) {
				t.Errorf("Create: %v", err)
			}
		case "Touch":
			if err != nil {
				t.Errorf("Touch: %v", err)
			}
		default:
			if !errors.Is(err, dewar.ErrUndecodable) || verb.Answered(err) {
				t.Errorf("%s: %v, want ErrUndecodable", v.Name, err)
			}
		}
		if n, _ := do(t, client, "LLEN", key).AsInt64(); n != 1 {
			t.Errorf("%s: the list has %d elements, want 1", v.Name, n)
		}
	}
	if err := st.Delete(t.Context(), key); err != nil {
		t.Error(err)
	}
}

// A replica can't answer what writes.
func TestReplica(t *testing.T) {
	primary := realserver.Redis(t)
	host, port, _ := strings.Cut(primary.Addr, ":")
	replica := realserver.Redis(t)
	client := raw(t, replica)
	do(t, client, "SET", key, secret, "EX", "60")
	primary.Pause() // so that it never empties the replica
	do(t, client, "REPLICAOF", host, port)
	st := open(t, "redis://"+replica.Addr, redisstore.Options{})
	for _, v := range verbs()[1:] {
		err := v.Call(t.Context(), st)
		if verb.Answered(err) || !strings.Contains(err.Error(), "READONLY") {
			t.Errorf("%s: %v, want READONLY", v.Name, err)
		}
		quotesNothing(t, v.Name, err)
	}
}

// A server without a command quotes it back with its arguments: the key.
func TestServerThatQuotes(t *testing.T) {
	server := realserver.Redis(t, "--rename-command", "EVALSHA", "", "--rename-command", "GET", "")
	st, client := open(t, "redis://"+server.Addr, redisstore.Options{}), raw(t, server)
	err := client.Do(t.Context(), client.B().Get().Key(key).Build()).Error()
	if _, ok := rueidis.IsRedisErr(err); !ok || !strings.Contains(err.Error(), key) {
		t.Fatalf("the server quotes nothing: %v", err)
	}
	for _, v := range verbs() {
		if v.Name == "Create" || v.Name == "Delete" {
			continue
		}
		err := v.Call(t.Context(), st)
		if verb.Answered(err) || !strings.Contains(err.Error(), "the server answered ERR") {
			t.Errorf("%s: %v", v.Name, err)
		}
		quotesNothing(t, v.Name, err)
	}
}

// A server that is reading its data in can't answer.
func TestLoading(t *testing.T) {
	server := realserver.Redis(t, "--enable-debug-command", "yes", "--appendonly", "yes", "--loading-process-events-interval-bytes", "1024")
	st, client := open(t, "redis://"+server.Addr, redisstore.Options{}), raw(t, server)
	do(t, client, "DEBUG", "POPULATE", "600")
	do(t, client, "CONFIG", "SET", "key-load-delay", "2000") // microseconds a key; it answers once in some 50
	reloaded := make(chan error, 1)
	go func() {
		reloaded <- client.Do(t.Context(), client.B().Arbitrary("DEBUG", "RELOAD").Build()).Error()
	}()
	seen := false
	for reloading := true; reloading; {
		_, err := st.Load(t.Context(), key)
		if !errors.Is(err, dewar.ErrNotFound) {
			seen = true
			if verb.Answered(err) || !strings.Contains(err.Error(), "LOADING") {
				t.Fatal(err)
			}
		}
		select {
		case err := <-reloaded:
			if reloading = false; err != nil {
				t.Fatal(err)
			}
		default:
		}
	}
	if !seen {
		t.Error("the server never said LOADING")
	}
}
