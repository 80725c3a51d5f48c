package otelobserver_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/telemetry/internal/visits"
	"github.com/dewar-go/dewar/telemetry/otelobserver"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// told is the story as the SDK has it: the counter, and a span for each request.
func told(t *testing.T, opts otelobserver.Options) (metricdata.Metrics, []sdktrace.ReadOnlySpan, visits.Leaks) {
	t.Helper()
	reader, spans := metric.NewManualReader(), tracetest.NewSpanRecorder()
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("test")
	opts.MeterProvider = metric.NewMeterProvider(metric.WithReader(reader))
	o, err := otelobserver.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	outside := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, span := tracer.Start(r.Context(), "request")
			defer span.End()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
	var leaks visits.Leaks
	synctest.Test(t, func(t *testing.T) {
		if leaks, err = visits.Story(o, outside); err != nil || len(leaks.Secrets) < 8 || len(leaks.Handles) < 8 {
			t.Fatalf("%d secrets, %d handles, %v", len(leaks.Secrets), len(leaks.Handles), err)
		}
	})
	return collect(t, reader), spans.Ended(), leaks
}

// collect gives the one metric that there is.
func collect(t *testing.T, reader metric.Reader) metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil || len(all.ScopeMetrics) != 1 || len(all.ScopeMetrics[0].Metrics) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	if all.ScopeMetrics[0].Scope.Name != otelobserver.Scope {
		t.Errorf("scope %v", all.ScopeMetrics[0].Scope)
	}
	return all.ScopeMetrics[0].Metrics[0]
}

// word gives an attribute as text, "" if there is none.
func word(set attribute.Set, key attribute.Key) string {
	v, _ := set.Value(key)
	return v.AsString()
}

func TestCounter(t *testing.T) {
	m, _, _ := told(t, otelobserver.Options{})
	sum, ok := m.Data.(metricdata.Sum[int64])
	if !ok || !sum.IsMonotonic || m.Name != "dewar.session.events" || m.Unit != "{event}" {
		t.Errorf("%+v", m)
	}
	got := map[[2]string]int64{}
	for _, p := range sum.DataPoints {
		got[[2]string{word(p.Attributes, otelobserver.Kind), word(p.Attributes, otelobserver.Reason)}] = p.Value
	}
	if fmt.Sprint(got) != fmt.Sprint(visits.Events) {
		t.Errorf("got  %v\nwant %v", got, visits.Events)
	}
}

// A request's span has what happened to its session, in order, with the handle.
func TestSpan(t *testing.T) {
	_, spans, leaks := told(t, otelobserver.Options{})
	var got strings.Builder
	for i, span := range spans {
		for _, e := range span.Events() {
			set := attribute.NewSet(e.Attributes...)
			if e.Name != "dewar.session."+word(set, otelobserver.Kind) {
				t.Errorf("%s: %v", e.Name, e.Attributes)
			}
			handle := word(set, otelobserver.Handle)
			if i == 1 && handle != leaks.Handles[0] {
				t.Errorf("handle %q, not %q", handle, leaks.Handles[0])
			}
			fmt.Fprint(&got, strings.TrimPrefix(e.Name, "dewar.session."), ":", word(set, otelobserver.Reason), " ")
		}
		got.WriteString("| ")
	}
	if want := "created: | loaded: saved: | loaded: saved: | loaded: conflict: saved: | loaded: extended: | loaded: renewed: | loaded: saved: | " +
		"replayed: ended:replay refused:replay | refused:unknown | refused:malformed | " +
		"created: | loaded: ended:destroyed | created: | loaded: failed:value | loaded: pending:save | expired: | failed:open | "; got.String() != want {
		t.Errorf("got  %s\nwant %s", got.String(), want)
	}
	_, spans, _ = told(t, otelobserver.Options{NoSpans: true})
	for _, span := range spans {
		if len(span.Events()) > 0 {
			t.Errorf("NoSpans: %v", span.Events())
		}
	}
}

// Whatever a session holds or is called, none of it is part of a metric, nor of a
// span, but for the handle on spans.
func TestNothingOfASessionIsALabel(t *testing.T) {
	m, spans, leaks := told(t, otelobserver.Options{})
	var points, events strings.Builder
	for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
		fmt.Fprintln(&points, p.Attributes.ToSlice())
	}
	for _, span := range spans {
		fmt.Fprintln(&events, span.Name(), span.Attributes(), span.Status())
		for _, e := range span.Events() {
			fmt.Fprintln(&events, e.Name, e.Attributes)
		}
	}
	if !strings.Contains(events.String(), leaks.Handles[0]) {
		t.Error("no span has the handle")
	}
	for _, secret := range leaks.Secrets {
		if strings.Contains(points.String()+events.String(), secret) {
			t.Errorf("%q is in the metrics or spans", secret)
		}
	}
	for _, handle := range leaks.Handles {
		if strings.Contains(points.String(), handle) {
			t.Errorf("a handle labels a metric")
		}
	}
}

// Kinds and reasons that this release doesn't know are counted under few words.
func TestTheUnknown(t *testing.T) {
	reader := metric.NewManualReader()
	o, err := otelobserver.New(otelobserver.Options{MeterProvider: metric.NewMeterProvider(metric.WithReader(reader))})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 1000 {
		o.Observe(t.Context(), dewar.Event{Kind: 255, Reason: fmt.Sprint("any text ", n)})
		o.Observe(t.Context(), dewar.Event{Kind: dewar.Refused, Reason: fmt.Sprint("any text ", n)})
		o.Observe(t.Context(), dewar.Event{Kind: dewar.Warned, Reason: fmt.Sprint("any text ", n)})
	}
	if points := collect(t, reader).Data.(metricdata.Sum[int64]).DataPoints; len(points) != 3 {
		t.Errorf("%d points", len(points))
	}
}

// The global provider is asked only by who gives none.
func TestTheGlobalProvider(t *testing.T) {
	defer otel.SetMeterProvider(otel.GetMeterProvider())
	global := metric.NewManualReader()
	otel.SetMeterProvider(metric.NewMeterProvider(metric.WithReader(global)))
	told(t, otelobserver.Options{})
	var all metricdata.ResourceMetrics
	if err := global.Collect(t.Context(), &all); err != nil || len(all.ScopeMetrics) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	o, err := otelobserver.New(otelobserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o.Observe(t.Context(), dewar.Event{Kind: dewar.Saved})
	collect(t, global)
}
