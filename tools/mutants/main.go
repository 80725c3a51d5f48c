// Mutants breaks the code on purpose, one check at a time, and sees whether a named
// test notices. What is broken stands in list/, a file for each promise; the
// working tree is never touched (go test -overlay).
//
//	GOWORK=off go run -C tools ./mutants               run all
//	GOWORK=off go run -C tools ./mutants -only redis   those whose words, file or test match
//	GOWORK=off go run -C tools ./mutants -check        none: each still applies and compiles, each test is there, docs/mutations.md is right
//	GOWORK=off go run -C tools ./mutants -within 60s   -check, then quick ones in a random order until that time is over; DEWAR_SEED=… repeats it
//	GOWORK=off go run -C tools ./mutants -write        -check, but docs/mutations.md is written
//
// Where one survives, -whole says which other tests of the package notice it.
//
// It fails if a mutant survives twice, doesn't apply, doesn't compile, or if its test
// fails without it.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// options are the flags.
type options struct {
	root, only   string
	check, write bool
	whole        bool
	at           int
	within       time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.root, "root", "..", "the repository, seen from tools/")
	flag.StringVar(&o.only, "only", "", "run those whose line in the list, words, file or test match this regular expression")
	flag.BoolVar(&o.check, "check", false, "run none")
	flag.BoolVar(&o.write, "write", false, "write docs/mutations.md, and run none")
	flag.BoolVar(&o.whole, "whole", false, "run all tests of the package, and say which fail")
	flag.IntVar(&o.at, "p", 1, "run so many at once")
	flag.DurationVar(&o.within, "within", 0, "run quick ones in a random order until this time is over")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	match, err := regexp.Compile(o.only)
	if err != nil {
		return err
	}
	promises, err := readList(o.root)
	if err != nil {
		return err
	}
	all := mutantsOf(promises)
	if err := checkAll(o.root, all); err != nil {
		return err
	}
	if err := page(o.root, promises, o.write); err != nil {
		return err
	}
	fmt.Printf("mutants: %d of %d promises apply, compile and have their test\n", len(all), len(promises))
	if o.check || o.write {
		return nil
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	w, err := newWorkshop(o.root, all)
	if err != nil {
		return err
	}
	defer w.close()
	r := &runner{options: o, workshop: w, ctx: ctx}
	if o.within > 0 {
		return r.share(seed())
	}
	return r.every(slices.DeleteFunc(slices.Clone(all), func(m mutant) bool { return !match.MatchString(m.String()) }))
}

// seed is DEWAR_SEED, or a new one.
func seed() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("DEWAR_SEED"), 10, 64); err == nil {
		return n
	}
	return rand.Uint64N(1_000_000)
}
