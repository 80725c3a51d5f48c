// Served prints how many requests the lab answers in a second, over HTTP on
// loopback: ours beside Flask-Session's on gunicorn, with sessions in files and
// in a Redis, in alternating rounds. DEWAR_PYTHON names the Python that has Flask
// and gunicorn.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/dewar-go/dewar/bench"
	"github.com/dewar-go/dewar/internal/realserver"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 7, "`number` of rounds")
	slice := flag.Duration("slice", time.Second, "`length` of a server's run in one round")
	flag.Parse()
	p := new(bench.Program)
	defer p.Close()
	folder := func() string { return "SESSION_FILE_DIR=" + p.TempDir() + "/sessions" }
	redis := "SESSION_REDIS=redis://" + realserver.Redis(p).Addr
	fmt.Println("| sessions in | request | Dewar's lab, requests/s | Flask-Session 0.8.0 on gunicorn | ratio of the medians |")
	fmt.Println("|---|---|--:|--:|--:|")
	for _, kind := range []struct {
		name string
		env  func() []string
	}{
		{"files", func() []string {
			return []string{"SESSION_TYPE=filesystem", "SESSION_FILE_THRESHOLD=0", folder()}
		}},
		{"Redis", func() []string { return []string{"SESSION_TYPE=redis", redis} }},
	} {
		ours, theirs := bench.ServeLab(p, kind.env()), bench.ServeFlask(p, kind.env())
		for _, request := range [][2]string{{"read", `[["get","user"]]`}, {"write", `[["incr","n",1]]`}} {
			a, b, err := bench.Race(ours, theirs, request[1], *rounds, *slice)
			if err != nil {
				log.Print(err)
				p.Close()
				os.Exit(1)
			}
			fmt.Printf("| %s | %s | %.0f | %.0f | %.1f |\n", kind.name, request[0], a, b, a/b)
		}
	}
}
