// Probe prints the table of docs/guarantees.md: what becomes of writes,
// counters and ended sessions where requests overlap, with Dewar and with
// others. It starts a redis-server of its own.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/dewar-go/dewar/bench"
	"github.com/dewar-go/dewar/internal/realserver"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 20, "`number` of times that each question is asked")
	writers := flag.Int("writers", 50, "`number` of requests that write at once")
	flag.Parse()
	if *rounds < 1 || *writers < 1 {
		log.Fatal("probe: -rounds and -writers must be more than nothing")
	}
	if err := probe(*rounds, *writers); err != nil {
		log.Fatal(err)
	}
}

func probe(rounds, writers int) error {
	p := new(bench.Program)
	defer p.Close()
	return bench.WriteProbes(os.Stdout, bench.Subjects(p, realserver.Redis(p).Addr), rounds, writers)
}
