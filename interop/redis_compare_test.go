package interop

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/vectors"
)

// compare compares a step with what was recorded of it.
func (r *replayedStore) compare(step vectors.StoreStep, got storedAnswer) {
	r.t.Helper()
	r.learn(step.SetCookie, got.Header["Set-Cookie"])
	if got.StatusCode != step.Status {
		r.t.Errorf("status %d, want %d", got.StatusCode, step.Status)
	}
	var want []string
	for _, line := range step.SetCookie {
		want = append(want, r.ours(line))
	}
	if lines := got.Header["Set-Cookie"]; !slices.Equal(lines, want) {
		r.t.Errorf("Set-Cookie\ngot  %q\nwant %q", lines, want)
	}
	var vary []string
	if step.Vary != nil {
		vary = []string{*step.Vary}
	}
	if !slices.Equal(got.Header["Vary"], vary) {
		r.t.Errorf("Vary %q, want %q", got.Header["Vary"], vary)
	}
	if step.Status == 200 {
		if want := shownText(r.t, r.codec(), step); got.session != want {
			r.t.Errorf("session\ngot  %s\nwant %s", got.session, want)
		}
	}
	r.compareRecords(step)
}

// compareRecords compares all that is in the store.
func (r *replayedStore) compareRecords(step vectors.StoreStep) {
	r.t.Helper()
	records := r.redis.records()
	for _, want := range step.Store {
		key := r.ours(want.Key)
		if r.extends(step, want.Key) {
			r.older[key] = 0
		}
		life := time.Duration(want.TTL)*time.Second - r.older[key]
		got, ok := records[key]
		delete(records, key)
		past := time.Since(r.began)
		if !ok && past > life {
			continue // it was for so short a time
		}
		if !ok {
			r.t.Errorf("no record %s among %d", want.Key, len(records))
			continue
		}
		if got.left > life || got.left < life-past-time.Second { // Redis counts by its own clock
			r.t.Errorf("%v is left of a record's life, want %v", got.left, life)
		}
		r.compareData(want, got.data)
	}
	for key, record := range records {
		r.t.Errorf("the record %q is one too many: %.100q", key, record.data)
	}
}

// extends says whether Flask-Session wrote the record, and its life began anew:
// a session that isn't empty, after a change or with SESSION_REFRESH_EACH_REQUEST.
// 0.3.2 writes what it sends the cookie of.
func (r *replayedStore) extends(step vectors.StoreStep, key string) bool {
	if r.c.Version == "0.3.2" {
		id := key[strings.LastIndexByte(key, ':')+1:]
		return step.Status == 200 && len(step.SetCookie) > 0 && strings.Contains(step.SetCookie[0], id)
	}
	if step.Status != 200 || shownText(r.t, r.codec(), step) == emptySession {
		return false
	}
	return r.c.Config["SESSION_REFRESH_EACH_REQUEST"] == nil || len(step.SetCookie) > 0
}

func (r *replayedStore) compareData(want vectors.Stored, got string) {
	r.t.Helper()
	if want.Bytes != nil && got != string(want.Bytes) {
		r.t.Errorf("record\ngot  %q\nwant %q", got, want.Bytes)
	}
	if sum := sha256.Sum256([]byte(got)); want.Bytes == nil && hex.EncodeToString(sum[:]) != want.SHA256 {
		r.t.Errorf("a record of %d bytes, want another of %d", len(got), want.Len)
	}
}
