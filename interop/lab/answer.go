package main

import (
	"bytes"
	"errors"
	"net/http"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

var tagged taggedjson.Codec

// answer is one request's: what was written, and on the last line the results
// and the session.
type answer struct {
	w     http.ResponseWriter
	s     *dewar.Session
	rules dewar.Rules
	codec dewar.Codec // of the session\'s entries
	// refreshes: a permanent session is written at every response.
	refreshes bool
	status    int
	written   []byte
	midLine   bool // what was written doesn't end in a newline
	results   [][]byte
	noticed   bool             // something was done that Flask notices
	pairs     []any            // the flashes that waited when the first were taken
	grown     map[string][]any // Flask's rules: lists that append made longer in place
}

// play does the operations in turn. What comes after the first flush is too
// late for the cookie.
func play(a *answer, operations []operation) {
	for _, op := range operations {
		result, err := op.do(a)
		if op.verb.writes && errors.Is(a.s.Err(), dewar.ErrReadOnly) {
			err = fault("RuntimeError")
		}
		if err != nil {
			result = map[string]any{"error": err.Error()}
		}
		a.keep(result)
	}
	a.finish()
}

// keep encodes a result at once: a later operation may change it in place.
func (a *answer) keep(result any) {
	raw, err := tagged.Encode(nil, presentable(result))
	if err != nil {
		raw = []byte(`{"error":"TypeError"}`)
	}
	a.results = append(a.results, raw)
}

func (a *answer) write(text string) {
	if text != "" {
		a.written = append(a.written, text...)
		a.midLine = text[len(text)-1] != '\n'
	}
}

// flush sends what there is so far.
func (a *answer) flush() {
	a.begin()
	_, _ = a.w.Write(a.written)
	a.written = a.written[:0]
	_ = http.NewResponseController(a.w).Flush()
}

// begin sends the status, unless it has been sent.
func (a *answer) begin() {
	if a.status >= 0 {
		if len(a.grown) > 0 && a.refreshes && (a.rules == dewar.FlaskSession08 || a.s.IsPermanent()) {
			a.saveAlong() // a refresh writes the whole session
		}
		if a.w.Header().Get("Content-Type") == "" {
			a.w.Header().Set("Content-Type", "application/json")
		}
		if a.status > 0 {
			a.w.WriteHeader(a.status)
		}
		a.status = -1
	}
}

func (a *answer) finish() {
	line := append([]byte(`{"results":[`), bytes.Join(a.results, []byte(","))...)
	line = append(line, `],"session":`...)
	line = append(append(line, a.session()...), "}\n"...)
	if a.midLine {
		a.write("\n")
	}
	a.begin()
	_, _ = a.w.Write(append(a.written, line...))
}

// session is a look from outside: it leaves no trace. A value that can't be
// read is left out.
func (a *answer) session() []byte {
	entries, err := a.s.Peek()
	if err != nil {
		return []byte("{}")
	}
	shown := entries[:0]
	for _, e := range entries {
		v, err := a.codec.Decode(e.Raw)
		if list, ok := a.grown[e.Key]; ok {
			v, err = list, nil
		}
		if err != nil {
			continue
		}
		if e.Raw, err = tagged.Encode(nil, presentable(v)); err == nil {
			shown = append(shown, e)
		}
	}
	text, err := tagged.Join(nil, shown)
	if err != nil {
		return []byte("{}")
	}
	return text
}

// presentable gives a value that tagged JSON has no tag for as a type and a
// text.
func presentable(v any) any {
	switch v := v.(type) {
	case dewar.Opaque:
		return map[string]any{" x": []any{v.Kind, ""}}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = presentable(e)
		}
		return out
	case dewar.Tuple:
		return dewar.Tuple(presentable([]any(v)).([]any))
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = presentable(e)
		}
		return out
	}
	return v
}

// fault is an operation's error: a short stable word, Python's.
type fault string

func (f fault) Error() string { return string(f) }
