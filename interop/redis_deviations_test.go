package interop

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/internal/vectors"
	"github.com/dewar-go/dewar/interop/twin"
)

// deviation gives the row of docs/wire.md that stands for a step, or nil.
func (r *replayedStore) deviation(dev *deviations, i int) *deviation {
	r.t.Helper()
	for _, row := range dev.rows {
		did := flaskSessionDid[row.flask]
		if did == nil || dewarDoes[row.dewar] == nil && row.dewar != "refuses to start" {
			r.t.Fatalf("docs/wire.md: this test doesn't know what %q or %q means", row.flask, row.dewar)
		}
		if ok, _ := path.Match(row.pattern, path.Base(r.c.ID)); ok && did(r, i) {
			row.used = true
			return row
		}
	}
	return nil
}

// flaskSessionDid says whether a step is one in which Flask-Session did what a
// row says in its second column.
var flaskSessionDid = map[string]func(r *replayedStore, i int) bool{
	"500": func(r *replayedStore, i int) bool { return r.c.Steps[i].Status == 500 },
	"session": func(r *replayedStore, i int) bool {
		step := r.c.Steps[i]
		return step.Status == 200 && shownText(r.t, r.codec(), step) != emptySession
	},
	"rewritten": func(r *replayedStore, i int) bool {
		return i > 0 && r.c.Steps[i-1].Preload != nil && string(r.c.Steps[i].Store[0].Bytes) != string(r.c.Steps[i-1].Preload.Bytes)
	},
	"in order of insertion": func(r *replayedStore, i int) bool {
		view := r.c.Steps[i].AfterView
		return view != nil && unsortedBelow(*view, true)
	},
	"forgotten": func(r *replayedStore, i int) bool {
		return i > 0 && r.c.Steps[i].Store[0].Key != r.c.Steps[i-1].Store[0].Key
	},
	// Of a request that goes on while another writes or signs out: what it read
	// is what is there in the end.
	"lost":    thereAgain,
	"revived": thereAgain,

	"adopted": func(r *replayedStore, i int) bool {
		return r.c.Steps[i].Cookie != nil && (i == 0 || r.c.Steps[i-1].Preload != nil)
	},
	"emptied":              func(r *replayedStore, i int) bool { return i > 0 && r.c.Steps[i-1].Preload != nil },
	"in one frame or more": func(r *replayedStore, i int) bool { return r.c.Steps[i].Store[0].Len > 1<<16 },
	"to the fraction":      func(r *replayedStore, i int) bool { return true },
	"without attributes": func(r *replayedStore, i int) bool {
		return slices.ContainsFunc(r.c.Steps[i].SetCookie, func(line string) bool { return strings.HasSuffix(line, "; Max-Age=0; Path=/") })
	},
	"in its own words": func(r *replayedStore, i int) bool { return len(r.c.Steps[i].Store) > 0 },
}

func thereAgain(r *replayedStore, i int) bool {
	return i > 0 && string(r.c.Steps[i].Store[0].Bytes) == string(r.c.Steps[i-1].Store[0].Bytes)
}

// dewarDoes checks what a row says in its third column; "refuses to start" is
// run's.
var dewarDoes = map[string]func(r *replayedStore, step vectors.StoreStep, ops string){
	"no session":                (*replayedStore).noSession,
	"503":                       (*replayedStore).unavailable,
	"as text":                   (*replayedStore).asText,
	"touched":                   (*replayedStore).touched,
	"sorted":                    (*replayedStore).sorted,
	"leads on for 10 s":         (*replayedStore).leadsOn,
	"kept":                      (*replayedStore).kept,
	"stays ended":               (*replayedStore).staysEnded,
	"another id":                (*replayedStore).anotherID,
	"read":                      (*replayedStore).read,
	"in one frame":              (*replayedStore).oneFrame,
	"whole seconds":             (*replayedStore).wholeSeconds,
	"with them":                 (*replayedStore).withAttributes,
	"sorted, each text in full": (*replayedStore).inOtherWords,
}

// emptySession is what a new visitor has.
const emptySession = `{"_permanent":true}`

// noSession: as if there were none, and what is there is left alone.
func (r *replayedStore) noSession(step vectors.StoreStep, ops string) {
	before := r.redis.records()
	got := r.ask(step, ops)
	if got.StatusCode != 200 || got.session != emptySession || got.Header["Set-Cookie"] != nil || got.Header.Get("Vary") != "Cookie" {
		r.t.Errorf("status %d, session %s, %v", got.StatusCode, got.session, got.Header)
	}
	after := r.redis.records()
	for key, record := range before {
		if got := after[key]; got.data != record.data || got.left > record.left || got.left < record.left-time.Minute {
			r.t.Errorf("a record was changed: %q with a life of %v, want %q with one of %v", got.data, got.left, record.data, record.left)
		}
	}
	if len(after) != len(before) {
		r.t.Errorf("%d records, want %d", len(after), len(before))
	}
}

// unavailable: all is as recorded but the status.
func (r *replayedStore) unavailable(step vectors.StoreStep, ops string) {
	got := r.ask(step, ops)
	step.Status = 503
	r.compare(step, got)
}

// asText: what msgspec refuses is stored as this text.
func (r *replayedStore) asText(step vectors.StoreStep, ops string) {
	got := r.ask(step, ops)
	const session = `{"_flashes":[["info","<b>hi</b>"]],"_permanent":true}`
	if got.StatusCode != 200 || got.session != session || !strings.HasPrefix(got.Header.Get("Set-Cookie"), "session=") {
		r.t.Errorf("status %d, session %s, %v", got.StatusCode, got.session, got.Header)
	}
	for _, record := range r.redis.records() {
		if want := "\x82\xAA_permanent\xC3\xA8_flashes\x91\x92\xA4info\xA9<b>hi</b>"; record.data != want {
			r.t.Errorf("record\ngot  %q\nwant %q", record.data, want)
		}
	}
}

// touched: all is as recorded, but that the record has the bytes that it had.
// Once something in it changes it is in the configured format too.
func (r *replayedStore) touched(step vectors.StoreStep, ops string) {
	recorded := step.Store[0]
	before := []byte(r.redis.records()[recorded.Key].data)
	step.Store = []vectors.Stored{{Key: recorded.Key, TTL: recorded.TTL, Bytes: before}}
	r.compare(step, r.ask(step, ops))

	cc, base := r.codec(), before
	if sniff.Of(before) != sniff.Of(recorded.Bytes) {
		base = recorded.Bytes
	}
	r.ask(step, `[["set","new",null]]`)
	entries, err := cc.Split(base)
	if err != nil {
		r.t.Fatal(err)
	}
	null, err := cc.Encode(nil, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	want, err := cc.Join(nil, append(entries, codec.Entry{Key: "new", Raw: null}))
	if err != nil {
		r.t.Fatal(err)
	}
	if got := r.redis.records()[recorded.Key].data; got != string(want) {
		r.t.Errorf("once changed, the record is %q, want %q", got, want)
	}
}

// sorted: all is as recorded, but that the maps in the record are sorted.
func (r *replayedStore) sorted(step vectors.StoreStep, ops string) {
	cc := r.codec()
	recorded := step.Store[0]
	entries, err := cc.Split(recorded.Bytes)
	if err != nil {
		r.t.Fatal(err)
	}
	for i, e := range entries {
		v, err := cc.Decode(e.Raw)
		if err != nil {
			r.t.Fatal(err)
		}
		if entries[i].Raw, err = cc.Encode(nil, v); err != nil {
			r.t.Fatal(err)
		}
	}
	data, err := cc.Join(nil, entries)
	if err != nil || len(data) != recorded.Len || !bytes.Equal(letters(data), letters(recorded.Bytes)) {
		r.t.Fatalf("%v: sorted, the record is %q, want the bytes of %q", err, data, recorded.Bytes)
	}
	step.Store = []vectors.Stored{{Key: recorded.Key, TTL: recorded.TTL, Bytes: data}}
	r.compare(step, r.ask(step, ops))
}

// letters are the bytes of data without their order.
func letters(data []byte) []byte { return slices.Sorted(slices.Values(data)) }

// leadsOn: all is as recorded, and the previous id leads to the new one by a
// record of its own, under a key that no id has.
func (r *replayedStore) leadsOn(step vectors.StoreStep, ops string) {
	cookie := r.ours(*step.Cookie)
	got := r.ask(step, ops)
	links := 0
	for key, record := range r.redis.records() {
		if !strings.HasPrefix(key, "session:dewar-link.") {
			continue
		}
		links++
		if record.left > time.Hour {
			r.t.Errorf("a link lives for %v", record.left)
		}
		again, err := sendOps(r.lab(step), &cookie, "[]")
		if want := got.Header.Get("Set-Cookie"); err != nil || again.Header.Get("Set-Cookie") != want {
			r.t.Errorf("the previous id leads to %q, want %q; %v", again.Header.Get("Set-Cookie"), want, err)
		}
		r.redis.do("DEL", key)
	}
	if links != 1 {
		r.t.Errorf("%d links", links)
	}
	r.compare(step, got)
}

// during asks what a step asks, and in another process something else of the
// same session, after the first has read it and before it answers.
func (r *replayedStore) during(step vectors.StoreStep, ops, other string) (slow storedAnswer) {
	first, second := r.lab(step), twin.Dewar(r.t, r.environment(step)...)
	cookie, hits := r.ours(*step.Cookie), r.redis.hits()
	done := make(chan error, 1)
	go func() {
		var err error
		slow, err = sendOps(first, &cookie, strings.TrimSuffix(ops, "]")+`,["sleep",500]]`)
		done <- err
	}()
	r.redis.awaitRead(hits)
	_, err := sendOps(second, &cookie, other)
	if err2 := <-done; err != nil || err2 != nil {
		r.t.Fatal(err, err2)
	}
	return slow
}

// kept: all is as recorded, but that the record has what the other one set.
func (r *replayedStore) kept(step vectors.StoreStep, ops string) {
	both := vectors.Stored{Key: step.Store[0].Key, TTL: step.Store[0].TTL, Bytes: []byte("\x83\xAA_permanent\xC3\xA1a\x01\xA1b\x02")}
	step.Store = []vectors.Stored{both}
	r.compare(step, r.during(step, ops, `[["set","b",2]]`))
}

// staysEnded: who read the session is served, and neither the record nor the
// cookie comes back.
func (r *replayedStore) staysEnded(step vectors.StoreStep, ops string) {
	got := r.during(step, ops, `[["clear"]]`)
	if n := len(r.redis.records()); got.StatusCode != 200 || got.Header["Set-Cookie"] != nil || n > 0 {
		r.t.Errorf("status %d, %v, %d records", got.StatusCode, got.Header, n)
	}
}
