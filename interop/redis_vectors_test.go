package interop

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/plainjson"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/vectors"
	"github.com/dewar-go/dewar/interop/twin"
)

// Everything that Flask-Session 0.8 and its successor were recorded to do on
// Redis, over HTTP and on a Redis: status, Set-Cookie to the letter, Vary, the
// session, the records with what is left of their lives. A case that differs
// has a row in docs/wire.md, and each row a case that needs it.
func TestRecordedStores(t *testing.T) {
	replayStores(t, "Flask-Session", 110, 7, "0.8.0", "0.8.0-flask3", "0.9.0dev")
}

// The same for Flask-Session 0.3.2.
func TestRecordedStores03(t *testing.T) { replayStores(t, "Flask-Session 0.3", 52, 7, "0.3.2") }

// replayStores replays the cases of these stacks beside a table of docs/wire.md.
// It fails if they are fewer, or if more records have to be put into the store.
func replayStores(t *testing.T, table string, least, put int, stacks ...string) {
	t.Helper()
	file, err := vectors.LoadStore("../testdata/flask_session.json")
	if err != nil {
		t.Fatal(err)
	}
	dev := loadDeviations(t, table)
	addr := realserver.Redis(t).Addr
	cases, ran, throughStore := 0, 0, 0
	for _, c := range file.Cases {
		if c.Backend != "redis" || !slices.Contains(stacks, c.Stack) {
			continue
		}
		cases++
		t.Run(c.ID, func(t *testing.T) {
			ran++
			r := &replayedStore{
				t: t, redis: dialRedis(t, addr), addr: addr, c: c, key: file.SecretKey,
				signed: c.Config["SESSION_USE_SIGNER"] != nil, older: map[string]time.Duration{}, ids: map[string]string{}, labs: map[string]*twin.Lab{},
			}
			r.run(dev)
			throughStore += r.throughStore
		})
	}
	if ran < cases {
		return // only some were asked for
	}
	t.Logf("%d cases; %d records were put into the store, as the lab can't be told their values", cases, throughStore)
	if cases < least || throughStore > put {
		t.Error("so many should be replayed, with so few put into the store")
	}
	dev.unused(t)
}

// A replayedStore is one case, on its way.
type replayedStore struct {
	t      *testing.T
	redis  *redisClient
	addr   string
	c      vectors.StoreCase
	key    string // the SECRET_KEY
	signed bool

	ids          map[string]string // the recorded ones, and ours in their place
	labs         map[string]*twin.Lab
	began        time.Time
	older        map[string]time.Duration // by key: how much less than recorded is left of a record's life
	throughStore int
}

// run does the steps. A row of docs/wire.md stands for a step of its case in
// which Flask-Session does what the row says it does.
func (r *replayedStore) run(dev *deviations) {
	r.t.Helper()
	r.redis.do("FLUSHALL")
	r.began = time.Now()
	for i, step := range r.c.Steps {
		if step.Preload != nil {
			r.put(*step.Preload)
			continue
		}
		r.age()
		ops, missing := storedOperations(step, r.c.Version == "0.3.2")
		row := r.deviation(dev, i)
		switch {
		case missing != "":
			r.throughStore++
			for _, record := range step.Store {
				r.put(record)
			}
		case row == nil:
			r.compare(step, r.ask(step, ops))
		case row.dewar == "refuses to start":
			if err := twin.Refuses(r.t, r.environment(step)...); err != nil {
				r.t.Error(err)
			}
			return // there is nothing to go on with
		default:
			dewarDoes[row.dewar](r, step, ops)
		}
	}
}

// put puts a recorded record into the store.
func (r *replayedStore) put(record vectors.Stored) {
	r.redis.do("SET", record.Key, string(record.Bytes), "EX", record.TTL)
	r.older[record.Key] = 0
}

// age takes ten minutes from the life of each record, so that one whose life
// begins anew is told from one that is left alone.
func (r *replayedStore) age() {
	for key, record := range r.redis.records() {
		r.redis.do("PEXPIRE", key, (record.left - 10*time.Minute).Milliseconds())
		r.older[key] += 10 * time.Minute
	}
}

func (r *replayedStore) environment(step vectors.StoreStep) []string {
	return storedEnvironment(&r.c, r.key, r.addr, step.Now)
}

// lab is the lab for a step. Each case has its own, and has one for each second.
func (r *replayedStore) lab(step vectors.StoreStep) *twin.Lab {
	r.t.Helper()
	env := r.environment(step)
	name := strings.Join(env, "\n")
	if r.labs[name] == nil {
		r.labs[name] = twin.Dewar(r.t, env...)
	}
	return r.labs[name]
}

// A storedAnswer is a response of the lab.
type storedAnswer struct {
	*http.Response
	session string
}

// ask sends a step's request. Redis refuses to write where it was recorded so.
func (r *replayedStore) ask(step vectors.StoreStep, ops string) storedAnswer {
	r.t.Helper()
	if strings.Contains(fmt.Sprint(step.Errors), "NOREPLICAS") {
		r.redis.do("CONFIG", "SET", "min-replicas-to-write", 1)
		defer r.redis.do("CONFIG", "SET", "min-replicas-to-write", 0)
	}
	var cookie *string
	if step.Cookie != nil {
		ours := r.ours(*step.Cookie)
		cookie = &ours
	}
	answer, err := sendOps(r.lab(step), cookie, ops)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer
}

func sendOps(lab *twin.Lab, cookie *string, ops string) (storedAnswer, error) {
	req, err := http.NewRequest("POST", lab.URL+"/ops", strings.NewReader(ops))
	if err != nil {
		return storedAnswer{}, err
	}
	if cookie != nil {
		req.Header["Cookie"] = []string{*cookie}
	}
	res, err := twin.Client.Do(req)
	if err != nil {
		return storedAnswer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		return storedAnswer{res, ""}, err
	}
	line, err := tagged.Split(body[:max(len(body)-1, 0)])
	for _, e := range line {
		if e.Key == "session" {
			return storedAnswer{res, string(e.Raw)}, nil
		}
	}
	return storedAnswer{}, fmt.Errorf("an answer without a session: %w", err)
}

var cookieWithID = regexp.MustCompile(`^[\w-]+=([\w-]+)(?:\.([\w-]{27}))?;`)

// learn matches the ids of the recording with those that the lab gave out.
// Both are of the shape that Flask-Session's have.
func (r *replayedStore) learn(recorded, got []string) {
	r.t.Helper()
	for i := range min(len(recorded), len(got)) {
		theirs, ours := cookieWithID.FindStringSubmatch(recorded[i]), cookieWithID.FindStringSubmatch(got[i])
		if theirs == nil || ours == nil {
			continue
		}
		if r.signed && theirs[2] != r.signature(theirs[1]) {
			r.t.Fatalf("the recorded signature isn't HMAC's")
		}
		if r.ids[theirs[1]] == "" && theirs[1] != ours[1] && len(theirs[1]) == len(ours[1]) {
			r.ids[theirs[1]] = ours[1]
		}
	}
}

// ours gives recorded text with our ids and signatures in it.
func (r *replayedStore) ours(text string) string {
	for theirs, ours := range r.ids {
		text = strings.ReplaceAll(text, theirs+"."+r.signature(theirs), ours+"."+r.signature(ours))
		text = strings.ReplaceAll(text, theirs, ours)
	}
	return text
}

// signature is itsdangerous' Signer(secret_key, "flask-session",
// key_derivation="hmac"), by itself.
func (r *replayedStore) signature(id string) string {
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha1.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	return base64.RawURLEncoding.EncodeToString(mac(mac([]byte(r.key), "flask-session"), id))
}

func (r *replayedStore) codec() codec.Codec {
	if r.c.Version == "0.3.2" {
		return pickle.Codec{}
	}
	if r.c.Setting("SESSION_SERIALIZATION_FORMAT") == "json" {
		return plainjson.Codec{}
	}
	return msgpack.Codec{}
}
