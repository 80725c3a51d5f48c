package otelobserver_test

import (
	"log"
	"net/http"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
	"github.com/dewar-go/dewar/telemetry/otelobserver"
	"go.opentelemetry.io/otel"
)

func Example() {
	o := dewar.Stored(memstore.New(memstore.Options{}))
	var err error
	if o.Observer, err = otelobserver.New(otelobserver.Options{}); err != nil { // what otel.SetMeterProvider was told
		log.Fatal(err)
	}
	sessions, err := dewar.New(o)
	if err != nil {
		log.Fatal(err)
	}
	// The span is outside of Wrap, so that events find it; otelhttp.NewHandler does the same.
	tracer := otel.Tracer("shop")
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		ctx, span := tracer.Start(r.Context(), r.Method)
		defer span.End()
		sessions.Wrap(http.NotFoundHandler()).ServeHTTP(w, r.WithContext(ctx))
	})
}
