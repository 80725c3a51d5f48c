// Package otelobserver tells OpenTelemetry what happens to sessions.
package otelobserver

import (
	"context"
	"fmt"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/telemetry/internal/words"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// The names that are used, as the semantic conventions form them.
const (
	Scope  = "github.com/dewar-go/dewar/telemetry/otelobserver" // of the instrumentation
	Metric = "dewar.session.events"                             // a counter, in {event}

	Kind   = "dewar.event.kind"     // dewar.EventKind, on the counter and on spans
	Reason = "dewar.event.reason"   // one of dewar.EventKind.Reasons, where there is one; on the counter and on spans
	Handle = "dewar.session.handle" // a digest of the session's id; on spans alone
)

// Options say where to. The zero Options are good.
type Options struct {
	MeterProvider metric.MeterProvider // nil: otel.GetMeterProvider
	NoSpans       bool                 // spans are left alone
}

// An Observer is a [dewar.Observer] that counts events, and adds each to the span of
// the request that it happened in: whatever handler starts the span stands outside of
// [dewar.Manager.Wrap]. It is safe for concurrent use; several managers may share it.
type Observer struct {
	events  metric.Int64Counter
	sets    map[[2]string]metric.MeasurementOption
	noSpans bool
}

var _ dewar.Observer = (*Observer)(nil)

// New returns an Observer. The error is that of making the counter.
func New(opts Options) (*Observer, error) {
	if opts.MeterProvider == nil {
		opts.MeterProvider = otel.GetMeterProvider()
	}
	events, err := opts.MeterProvider.Meter(Scope).Int64Counter(Metric,
		metric.WithUnit("{event}"), metric.WithDescription("What happened to sessions, by kind and reason."))
	if err != nil {
		return nil, fmt.Errorf("otelobserver: %w", err)
	}
	o := &Observer{events: events, sets: map[[2]string]metric.MeasurementOption{}, noSpans: opts.NoSpans}
	words.Each(func(kind, reason string) { o.sets[[2]string{kind, reason}] = set(kind, reason) })
	return o, nil
}

func set(kind, reason string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attributes(kind, reason)...))
}

func attributes(kind, reason string) []attribute.KeyValue {
	attrs := append(make([]attribute.KeyValue, 0, 3), attribute.String(Kind, kind))
	if reason != "" {
		attrs = append(attrs, attribute.String(Reason, reason))
	}
	return attrs
}

// Observe counts e and adds it to ctx's span.
func (o *Observer) Observe(ctx context.Context, e dewar.Event) {
	kind, reason := words.Of(e)
	attrs, ok := o.sets[[2]string{kind, reason}]
	if !ok { // a kind that this release doesn't know, or one that should have a reason
		attrs = set(kind, reason)
	}
	o.events.Add(ctx, 1, attrs)
	span := trace.SpanFromContext(ctx)
	if o.noSpans || !span.IsRecording() {
		return
	}
	on := attributes(kind, reason)
	if h := e.Handle(); h != "" {
		on = append(on, attribute.String(Handle, h))
	}
	span.AddEvent("dewar.session."+kind, trace.WithAttributes(on...))
}
