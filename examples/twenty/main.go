package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/dewar-go/dewar"
)

const Visits = dewar.Key[int]("visits")

func main() {
	keys, err := dewar.NewRing(dewar.Keys{Current: []byte(os.Getenv("SECRET_KEY"))})
	if err != nil {
		log.Fatal(err)
	}
	sessions, err := dewar.New(dewar.Cookies(keys))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", sessions.Wrap(http.HandlerFunc(count))))
}

func count(w http.ResponseWriter, r *http.Request) {
	n := Visits.Update(dewar.From(r.Context()), func(n int) int { return n + 1 })
	fmt.Fprintf(w, "visit %d\n", n)
}
