package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// timeout is for one test. A mutant that makes it run longer isn't killed: nobody
// can tell it from a slow machine.
const timeout = "300s"

type runner struct {
	options
	*workshop
	ctx    context.Context
	passed sync.Map // tests that were run without mutants: how
}

// every runs the test of each mutant without it, which must pass, and with it.
func (r *runner) every(some []mutant) error {
	begun := time.Now()
	errs := make([]error, len(some))
	turns := make(chan bool, max(r.at, 1))
	var wg sync.WaitGroup
	for i, m := range some {
		turns <- true
		wg.Go(func() {
			errs[i] = r.one(m, fmt.Sprintf("%d/%d", i+1, len(some)))
			<-turns
		})
	}
	wg.Wait()
	err := errors.Join(errs...)
	if err == nil {
		fmt.Printf("mutants: all %d killed in %v\n", len(some), time.Since(begun).Round(time.Second))
	}
	return err
}

// share runs quick ones in a random order for a time.
func (r *runner) share(seed uint64) error {
	quick := slices.DeleteFunc(slices.Clone(r.workshop.all), func(m mutant) bool { return !m.quick() })
	random := rand.New(rand.NewPCG(seed, 1))
	random.Shuffle(len(quick), func(i, j int) { quick[i], quick[j] = quick[j], quick[i] })
	begun, n := time.Now(), 0
	for ; n < len(quick) && time.Since(begun) < r.within; n++ {
		if err := r.one(quick[n], ""); err != nil {
			return fmt.Errorf("%w (DEWAR_SEED=%d)", err, seed)
		}
	}
	fmt.Printf("mutants: %d of %d quick ones killed in %v (DEWAR_SEED=%d)\n", n, len(quick), time.Since(begun).Round(time.Second), seed)
	return nil
}

// quick reports whether the test needs no server: those of modules with a driver do.
func (m mutant) quick() bool {
	switch {
	case strings.HasPrefix(m.pkg, "./interop"), strings.HasPrefix(m.pkg, "./open"):
		return false
	case strings.HasPrefix(m.pkg, "./store/"):
		return m.pkg == "./store/memstore" || m.pkg == "./store/breaker"
	}
	return true
}

// one runs a mutant's test without it and with it, and says what came of it.
func (r *runner) one(m mutant, count string) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	begun := time.Now()
	out, verdict, killed := r.try(m)
	if !killed || r.within == 0 {
		fmt.Printf("%s %s %.1fs  %s: %s %s\n", count, verdict, time.Since(begun).Seconds(), m.words, m.pkg, m.test)
	}
	if killed {
		return nil
	}
	return fmt.Errorf("%s: %s: %s\n%s", m.place, m.words, verdict, head(out))
}

func (r *runner) try(m mutant) (out []byte, verdict string, killed bool) {
	if r.whole {
		m.test = ""
	} else if out, err := r.healthy(m); err != nil {
		return out, "FAILS WITHOUT IT", false
	}
	path, err := r.programOf(m)
	if err != nil {
		return []byte(err.Error()), "DOESN'T COMPILE", false
	}
	out, err = r.test(path, m, m.place)
	if r.whole && err != nil {
		return out, strings.Join(failed.FindAllString(string(out), -1), " "), true
	}
	if verdict, killed = judge(m, out, err); verdict == survived { // a store's own sweeper may have been quicker
		out, err = r.test(path, m, m.place)
		verdict, killed = judge(m, out, err)
	}
	return out, verdict, killed
}

// healthy runs the test of a mutant without any, once.
func (r *runner) healthy(m mutant) ([]byte, error) {
	type outcome struct {
		out []byte
		err error
	}
	once := sync.OnceValue(func() (o outcome) {
		p, err := r.together(m.pkg)
		if err != nil {
			return outcome{nil, err}
		}
		o.out, o.err = r.test(p.path, m, "")
		return o
	})
	run, _ := r.passed.LoadOrStore(m.pkg+" "+m.test, once)
	o := run.(func() outcome)()
	return o.out, o.err
}

// exactly is the -run of one test.
func exactly(test string) string {
	if test == "" {
		return "." // all
	}
	var parts []string
	for part := range strings.SplitSeq(test, "/") {
		parts = append(parts, "^"+regexp.QuoteMeta(part)+"$")
	}
	return strings.Join(parts, "/")
}

// test runs a program's test, with a mutant or without.
func (r *runner) test(path string, m mutant, place string) ([]byte, error) {
	cmd := exec.CommandContext(r.ctx, path, "-test.timeout", timeout, "-test.run", exactly(m.test))
	cmd.Dir = filepath.Join(r.workshop.root, m.pkg)
	cmd.Env = append(os.Environ(), variable+"="+place)
	return cmd.CombinedOutput()
}

// head is the beginning of an output, without the goroutines of a panic.
func head(out []byte) []byte {
	out, _, _ = bytes.Cut(out, []byte("\ngoroutine "))
	return out[:min(len(out), 4000)]
}

// failed finds the tests that failed, but for subtests.
var failed = regexp.MustCompile(`(?m)^--- FAIL: \w+`)

const survived = "SURVIVED"

// judge says what came of a mutant: only a test that failed has killed it.
func judge(m mutant, out []byte, err error) (verdict string, killed bool) {
	has := func(text string) bool { return bytes.Contains(out, []byte(text)) }
	switch {
	case err == nil && has("no tests to run"):
		return "NO TEST", false
	case err == nil:
		return survived, false
	case has("panic: test timed out"):
		return "TIMED OUT", false
	case has("--- FAIL: " + m.top() + " "), has("panic: "), has("fatal error: "):
		return "killed", true
	}
	return "FAILED: " + err.Error(), false
}
