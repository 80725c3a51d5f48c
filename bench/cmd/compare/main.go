// Compare prints the table of docs/performance.md: every contender of every row
// in alternating rounds, compared round by round.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/dewar-go/dewar/bench"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 35, "`number` of rounds, in each of which every contender runs once")
	slice := flag.Duration("slice", 25*time.Millisecond, "`length` of a contender's run in one round")
	only := flag.String("run", "", "`pattern` of the rows to run")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil {
		log.Fatal(err)
	}
	if *rounds < 1 || *slice <= 0 {
		log.Fatal("compare: -rounds and -slice must be more than nothing")
	}
	if err := compare(pattern, *rounds, *slice); err != nil {
		log.Fatal(err)
	}
}

func compare(only *regexp.Regexp, rounds int, slice time.Duration) error {
	rows, err := bench.Rows()
	if err != nil {
		return err
	}
	fmt.Printf("%s, %s/%s, GOMAXPROCS %d; %d rounds of %v each; load average %s",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), rounds, slice, load())
	fmt.Print("\n\n")
	if err := bench.WriteHead(os.Stdout); err != nil {
		return err
	}
	for _, r := range rows {
		if !only.MatchString(r.Name) {
			continue
		}
		scores, err := r.Match(rounds, slice)
		if err != nil {
			return err
		}
		if err := bench.WriteRow(os.Stdout, r, scores); err != nil {
			return err
		}
	}
	fmt.Printf("\nLoad average at the end: %s\n", load())
	return nil
}

// load is how many processes wanted to run in the last minute, where the
// system tells.
func load() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	minute, _, _ := strings.Cut(string(data), " ")
	return minute
}
