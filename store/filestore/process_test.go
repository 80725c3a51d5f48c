//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/store/filestore"
)

// childEnv says what a test binary that was started by a test is to do.
const childEnv = "DEWAR_FILESTORE_CHILD"

// TestMain is the child's main function too.
func TestMain(m *testing.M) {
	what, ok := os.LookupEnv(childEnv)
	if !ok {
		os.Exit(m.Run())
	}
	verb, dir, _ := strings.Cut(what, " ")
	err := map[string]func(dir string) error{"race": raceChild, "write": writeChild, "full": fullChild, "rights": rightsChild, "names": namesChild}[verb](dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child starts another process that does something in dir.
func child(t *testing.T, verb, dir string) (cmd *exec.Cmd, stdout io.Reader) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd = exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+verb+" "+dir)
	cmd.Stderr = os.Stderr
	stdout, err = cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	return cmd, stdout
}

const (
	racers = 3 // processes
	rounds = 300
)

// raceChild tries to win rounds: a round is to replace the number that was read
// by the next. It prints those that it won.
func raceChild(dir string) error {
	s, err := filestore.New(dir, filestore.Options{})
	if err != nil {
		return err
	}
	out, ctx := bufio.NewWriter(os.Stdout), context.Background()
	defer out.Flush()
	for {
		it, err := s.Load(ctx, "k")
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(it.Data))
		if n == rounds || err != nil {
			return err
		}
		if err := s.Touch(ctx, "k", time.Hour+time.Duration(n)*time.Second); err != nil {
			return err
		}
		_, err = s.Update(ctx, "k", it, strconv.AppendInt(nil, int64(n+1), 10), time.Hour)
		switch {
		case err == nil:
			fmt.Fprintln(out, n+1)
		case !errors.Is(err, dewar.ErrConflict):
			return err
		}
	}
}

// Of the updaters in several processes one wins a round.
func TestOneProcessWinsARound(t *testing.T) {
	dir := t.TempDir() + "/s"
	create(t, open(t, dir, filestore.Options{}), "k", "0", time.Hour)
	won, by := map[string]int{}, make([]int, racers)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range racers {
		cmd, out := child(t, "race", dir)
		wg.Go(func() {
			for lines := bufio.NewScanner(out); lines.Scan(); {
				mu.Lock()
				won[lines.Text()]++
				by[i]++
				mu.Unlock()
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for n := range rounds {
		if got := won[strconv.Itoa(n+1)]; got != 1 {
			t.Errorf("round %d has %d winners", n+1, got)
		}
	}
	t.Logf("won by each: %v", by)
}

// text is what writeChild keeps as the nth state of a key: it says of itself
// whether it is whole.
func text(key, n int) string {
	body := strings.Repeat(fmt.Sprintf("%d of %d;", n, key), 1+(n*7919)%200*(n%5))
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:8]) + fmt.Sprintf(":%d:", n) + body
}

// pickleHead is what longPickle puts before the text.
const pickleHead = 7

// longPickle is the pickle of a text of any length.
func longPickle(text string) []byte {
	n := len(text)
	return append(append([]byte("\x80\x05X"), byte(n), byte(n>>8), byte(n>>16), 0), text+"."...)
}

const writeKeys = 8

// writeChild writes until it is killed. It says what it is about to do, and
// that it has done it.
func writeChild(dir string) error {
	s, err := filestore.New(dir, filestore.Options{})
	if err != nil {
		return err
	}
	ctx := context.Background()
	for i := 0; ; i++ {
		key := rand.IntN(writeKeys)
		name := fmt.Sprint("session:", key)
		it, err := s.Load(ctx, name)
		n := 0
		if err == nil {
			_, rest, _ := strings.Cut(string(it.Data[pickleHead:]), ":")
			number, _, _ := strings.Cut(rest, ":")
			n, err = strconv.Atoi(number)
		} else if errors.Is(err, dewar.ErrNotFound) {
			err = nil
		}
		if err != nil {
			return err
		}
		fmt.Printf("begin %d %d\n", key, n+1)
		if n == 0 {
			_, err = s.Create(ctx, name, longPickle(text(key, n+1)), time.Hour)
		} else {
			_, err = s.Update(ctx, name, it, longPickle(text(key, n+1)), time.Hour)
		}
		if err == nil {
			fmt.Printf("done %d %d\n", key, n+1)
			err = s.Touch(ctx, name, 2*time.Hour)
		}
		if err == nil && i%3 == 0 {
			other := fmt.Sprint("session:short", rand.IntN(4))
			if err = s.Delete(ctx, other); err == nil {
				_, err = s.Create(ctx, other, longPickle("short"), time.Hour)
			}
		}
		if err != nil {
			return err
		}
	}
}

// Killed at any moment, a writer leaves every file the old or the new record,
// nothing that Flask's pruning stumbles over, and no lock.
func TestKilledWriters(t *testing.T) {
	kills := 60
	if text := os.Getenv("DEWAR_KILLS"); text != "" {
		kills, _ = strconv.Atoi(text)
	} else if testing.Short() {
		kills = 15
	}
	dir := t.TempDir() + "/s"
	python := startCachelib(t, dir, 1000, 0o600)
	s, random := open(t, dir, filestore.Options{}), seeded.Rand(t)
	var begun, done [writeKeys]int
	halfway, left := 0, 0
	for kill := range kills {
		cmd, out := child(t, "write", dir)
		lines := bufio.NewScanner(out)
		if !lines.Scan() {
			t.Fatal("the writer doesn't write")
		}
		time.AfterFunc(time.Duration(random.IntN(30_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		for ok := true; ok; ok = lines.Scan() {
			var verb string
			var key, n int
			if _, err := fmt.Sscan(lines.Text(), &verb, &key, &n); err != nil {
				continue // the last line, cut off
			}
			if verb == "begin" {
				begun[key] = n
			} else {
				done[key] = n
			}
		}
		if err := cmd.Wait(); err != nil && cmd.ProcessState.Exited() {
			t.Fatalf("kill %d: the writer ended by itself: %v", kill, err)
		}
		left += len(entries(t, dir+".dewar/tmp"))
		for key := range writeKeys {
			if begun[key] != done[key] {
				halfway++
			}
			it, err := s.Load(t.Context(), fmt.Sprint("session:", key))
			switch {
			case errors.Is(err, dewar.ErrNotFound) && done[key] == 0:
			case err == nil && string(it.Data) == string(longPickle(text(key, done[key]))):
				begun[key] = done[key]
			case err == nil && string(it.Data) == string(longPickle(text(key, begun[key]))):
				done[key] = begun[key]
			default:
				t.Fatalf("kill %d: key %d is neither the record of %d nor of %d: %.80q, %v", kill, key, done[key], begun[key], it.Data, err)
			}
		}
	}
	for key, n := range done {
		if got := python.do("get", fmt.Sprint("session:", key)); n > 0 && got != text(key, n) {
			t.Errorf("cachelib gets %.80q of key %d", got, key)
		}
	}
	for _, name := range entries(t, dir) {
		if len(name) != 32 {
			t.Errorf("Flask's folder holds %q", name)
		}
	}
	if n := len(entries(t, dir)); n > writeKeys+4+1 {
		t.Errorf("%d files are in the folder", n)
	}
	_, err := s.Purge(t.Context())
	must(t, err)
	if got := entries(t, dir+".dewar/tmp"); len(got) != 0 {
		t.Errorf("half-written files are left: %q", got)
	}
	python.do("_prune")
	python.do("_remove_older")
	t.Logf("%d kills, %d of them within a write; %d half-written files lay about, summed over the kills", kills, halfway, left)
}
