package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/open"
)

// The scripts about stores have a real Redis between them, and each a database
// of it: $REDIS. $MEMCACHED they share.
func TestStoreScripts(t *testing.T) {
	server, memcached := realserver.Redis(t), realserver.Memcached(t)
	var scripts atomic.Int32
	testscript.Run(t, testscript.Params{
		Dir: "testdata/store",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"keep":   keep,
			"renew":  renew,
			"ref":    ref,
			"silent": silent,
			"redis":  redisCommand,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			env.Setenv("SOCKET", server.Socket)
			env.Setenv("MEMCACHED", "memcached://"+memcached.Addr)
			env.Setenv("DB", fmt.Sprint(scripts.Add(1)))
			env.Setenv("REDIS", fmt.Sprintf("redis+unix://%s?db=%s", server.Socket, env.Getenv("DB")))
			return nil
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// sessions are those in the store of $DEWAR_STORE.
func sessions(ts *testscript.TestScript) (*dewar.Manager, *dewar.InStore) {
	o, err := open.Open(context.Background(), ts.Getenv("DEWAR_STORE"))
	ts.Check(err)
	ts.Defer(func() { ts.Check(o.Close()) })
	backend := o.InStore()
	m, err := dewar.New(dewar.Options{Backend: backend})
	ts.Check(err)
	return m, backend
}

// keep is "keep ID-FILE SESSION-FILE": a new session with what a line of tagged
// JSON holds. Its id is put into the file.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: keep ID-FILE SESSION-FILE")
	}
	values, err := taggedjson.Unmarshal([]byte(ts.ReadFile(args[1])))
	ts.Check(err)
	m, _ := sessions(ts)
	s, err := m.Load(context.Background(), "")
	ts.Check(err)
	for key, v := range values {
		s.Set(key, v)
	}
	commit(ts, m, s, args[0])
}

// renew is "renew ID-FILE NEW-ID-FILE".
func renew(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: renew ID-FILE NEW-ID-FILE")
	}
	m, _ := sessions(ts)
	s, err := m.Load(context.Background(), ts.ReadFile(args[0]))
	ts.Check(err)
	s.Renew()
	commit(ts, m, s, args[1])
}

func commit(ts *testscript.TestScript, m *dewar.Manager, s *dewar.Session, idFile string) {
	answer, err := m.Commit(context.Background(), s)
	ts.Check(err)
	if answer.Value == "" {
		ts.Fatalf("no id was given out")
	}
	ts.Check(os.WriteFile(ts.MkAbs(idFile), []byte(answer.Value), 0o600))
}

// ref is "ref NAME ID-FILE": the ref of the session with that id, as a variable.
func ref(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: ref NAME ID-FILE")
	}
	_, backend := sessions(ts)
	sum := sha256.Sum256([]byte(dewar.Name(backend.Store, keyOf(ts, args[1]))))
	ts.Setenv(args[0], hex.EncodeToString(sum[:])[:16])
}

func keyOf(ts *testscript.TestScript, idFile string) string {
	_, backend := sessions(ts)
	key, err := backend.Find(context.Background(), ts.ReadFile(idFile))
	ts.Check(err)
	return key
}

// silent is "silent ID-FILE...": what the last program printed has neither an
// id nor the key of one.
func silent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: silent ID-FILE...")
	}
	said := ts.ReadFile("stdout") + ts.ReadFile("stderr")
	for _, idFile := range args {
		if strings.Contains(said, ts.ReadFile(idFile)) || strings.Contains(said, keyOf(ts, idFile)) {
			ts.Fatalf("it printed an id, or a key")
		}
	}
}

// redisCommand is "redis COMMAND": a line as redis-cli takes it, in the script's
// database.
func redisCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: redis COMMAND")
	}
	conn, err := net.Dial("unix", ts.Getenv("SOCKET"))
	ts.Check(err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "SELECT %s\r\n%s\r\n", ts.Getenv("DB"), args[0])
	ts.Check(err)
	answers := bufio.NewReader(conn)
	for range 2 {
		line, err := answers.ReadString('\n')
		ts.Check(err)
		if strings.HasPrefix(line, "-") {
			ts.Fatalf("redis: %s", line)
		}
	}
}
