// Package words gives the words that metrics of events are labelled with.
package words

import (
	"slices"

	"github.com/dewar-go/dewar"
)

// Of gives kind and reason of an event. Both come from closed sets: a sentence, or a
// reason that this release doesn't know, is "".
func Of(e dewar.Event) (kind, reason string) {
	if slices.Contains(e.Kind.Reasons(), e.Reason) {
		reason = e.Reason
	}
	return e.Kind.String(), reason
}

// Each calls f with every pair that there is.
func Each(f func(kind, reason string)) {
	for k := dewar.EventKind(1); k.String() != dewar.EventKind(0).String(); k++ {
		reasons := k.Reasons()
		if reasons == nil {
			reasons = []string{""}
		}
		for _, reason := range reasons {
			f(k.String(), reason)
		}
	}
}
