package promobserver_test

import (
	"log"
	"net/http"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
	"github.com/dewar-go/dewar/telemetry/promobserver"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func Example() {
	reg := prometheus.NewRegistry()
	counts, err := promobserver.New(reg)
	if err != nil {
		log.Fatal(err)
	}
	o := dewar.Stored(memstore.New(memstore.Options{}))
	o.Observer = dewar.Observers{counts, dewar.SlogObserver(nil)} // counted, and logged
	sessions, err := dewar.New(o)
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/", sessions.Wrap(http.NotFoundHandler()))
	http.Handle("/metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
}
