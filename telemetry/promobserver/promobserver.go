// Package promobserver counts what happens to sessions, for Prometheus.
package promobserver

import (
	"context"
	"fmt"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/telemetry/internal/words"
	"github.com/prometheus/client_golang/prometheus"
)

// Name is that of the counter. Its labels are kind ([dewar.EventKind]) and reason
// ([dewar.EventKind.Reasons], "" where there is none): some thirty series.
const Name = "dewar_session_events_total"

// An Observer is a [dewar.Observer] that counts events. It tells no sessions apart: no
// handle is a label. It is safe for concurrent use; several managers may share it.
type Observer struct{ events *prometheus.CounterVec }

var _ dewar.Observer = (*Observer)(nil)

// New registers the counter with reg, every series of it at 0; nil is
// prometheus.DefaultRegisterer. The error is reg's, such as a
// prometheus.AlreadyRegisteredError where there is one already: to tell managers apart
// give each a reg of prometheus.WrapRegistererWith.
func New(reg prometheus.Registerer) (*Observer, error) {
	if reg == nil {
		reg = prometheus.DefaultRegisterer
	}
	o := &Observer{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: Name,
		Help: "What happened to sessions, by kind and reason.",
	}, []string{"kind", "reason"})}
	words.Each(func(kind, reason string) { o.events.WithLabelValues(kind, reason) })
	if err := reg.Register(o.events); err != nil {
		return nil, fmt.Errorf("promobserver: %w", err)
	}
	return o, nil
}

// Observe counts e.
func (o *Observer) Observe(_ context.Context, e dewar.Event) {
	o.events.WithLabelValues(words.Of(e)).Inc()
}
