package interop

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/internal/vectors"
)

// What dewarDoes checks of Flask-Session 0.3 alone.

// anotherID: a session that isn't there, or can't be read, isn't begun under the
// id that the client came with. What is there is left alone; all else is as it
// was recorded of a new visitor.
func (r *replayedStore) anotherID(step vectors.StoreStep, ops string) {
	before := r.redis.records()
	theirs := strings.Trim(strings.TrimPrefix(*step.Cookie, "session="), `"`)
	got := r.ask(step, ops)
	ours := cookieWithID.FindStringSubmatch(got.Header.Get("Set-Cookie"))
	if ours == nil || ours[1] == theirs {
		r.t.Fatalf("the id is theirs, or none: %v", got.Header)
	}
	recorded, _, _ := strings.Cut(step.SetCookie[0], ";")
	r.ids[strings.TrimPrefix(recorded, "session=")] = ours[1]
	key := "session:" + ours[1]
	record := vectors.Stored{Key: key, TTL: step.Store[0].TTL, Bytes: []byte("\x80\x04\x95\x12\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\n_permanent\x94\x88s.")}
	if bytes.Contains(step.Store[0].Bytes, []byte("\x8c\x01a\x94K\x01u.")) {
		record.Bytes = step.Store[0].Bytes // the view set something
	}
	step.Store = []vectors.Stored{record}
	after := r.redis.records()
	for key, b := range before {
		if a := after[key]; a.data != b.data || a.left > b.left || a.left < b.left-time.Minute {
			r.t.Errorf("a record was changed: %q", a.data)
		}
		r.redis.do("DEL", key)
	}
	r.compare(step, got)
}

// read: what 0.3.2 empties is read, and left as it is.
func (r *replayedStore) read(step vectors.StoreStep, ops string) {
	r.t.Helper()
	recorded := step.Store[0]
	before := r.redis.records()[recorded.Key].data
	got := r.ask(step, ops)
	if got.StatusCode != 200 || got.session != `{"_permanent":true,"a":1}` || !slices.Equal(got.Header["Set-Cookie"], step.SetCookie) {
		r.t.Errorf("status %d, session %s, %v", got.StatusCode, got.session, got.Header)
	}
	r.compareRecords(vectors.StoreStep{Status: 200, SetCookie: step.SetCookie, Store: []vectors.Stored{{Key: recorded.Key, TTL: recorded.TTL, Bytes: []byte(before)}}})
}

// oneFrame: all is as recorded, but that the pickle is in one frame.
func (r *replayedStore) oneFrame(step vectors.StoreStep, ops string) {
	r.inOtherWords(step, ops)
}

// inOtherWords: all is as recorded, but the bytes of the record, which say the
// same.
func (r *replayedStore) inOtherWords(step vectors.StoreStep, ops string) {
	r.t.Helper()
	recorded := step.Store[0]
	got := r.ask(step, ops)
	r.learn(step.SetCookie, got.Header["Set-Cookie"])
	data := r.redis.records()[r.ours(recorded.Key)].data
	want, shown := shownPickle(recorded.Bytes)
	if text, ok := shownPickle([]byte(data)); recorded.Bytes != nil && (!ok || !shown || text != want) {
		r.t.Errorf("the record says %s, want %s", text, want)
	}
	if _, err := (pickle.Codec{}).Split([]byte(data)); err != nil || len(data) < recorded.Len/2 {
		r.t.Errorf("%d bytes, %v", len(data), err)
	}
	step.Store = []vectors.Stored{{Key: recorded.Key, TTL: recorded.TTL, Bytes: []byte(data)}}
	r.compare(step, got)
}

// wholeSeconds: all is as recorded, but that the cookie ends up to a second
// earlier.
func (r *replayedStore) wholeSeconds(step vectors.StoreStep, ops string) {
	end := time.Unix(step.Now+step.Store[0].TTL, 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	before, rest, _ := strings.Cut(step.SetCookie[0], "Expires=")
	_, after, _ := strings.Cut(rest, ";")
	step.SetCookie = []string{before + "Expires=" + end + ";" + after}
	r.compare(step, r.ask(step, ops))
}

// withAttributes: all is as recorded, but that the deletion has the attributes
// that the cookie was set with.
func (r *replayedStore) withAttributes(step vectors.StoreStep, ops string) {
	step.SetCookie = []string{strings.Replace(step.SetCookie[0], "; Max-Age=0; ", "; Max-Age=0; Secure; HttpOnly; ", 1)}
	r.compare(step, r.ask(step, ops))
}
