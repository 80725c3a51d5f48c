package taggedjson_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/internal/vectors"
)

// A peer is a Python process with Flask in it. DEWAR_PYTHON names the
// interpreter, python3 if it is empty.
type peer struct {
	t        *testing.T
	in       *json.Encoder
	out      *json.Decoder
	versions map[string]string
}

// An answer is what testdata/flask_peer.py says.
type answer struct {
	Value vectors.Typed
	Text  string
	Error string
	Dups  bool
	raw   json.RawMessage
}

func (a *answer) UnmarshalJSON(text []byte) error {
	type plain answer
	a.raw = slices.Clone(text)
	return json.Unmarshal(text, (*plain)(a))
}

func startPeer(t *testing.T) *peer {
	t.Helper()
	python := os.Getenv("DEWAR_PYTHON")
	if python == "" {
		python = "python3"
	}
	cmd := exec.Command(python, "testdata/flask_peer.py")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, in: json.NewEncoder(stdin), out: json.NewDecoder(stdout)}
	err = cmd.Start()
	if err == nil {
		t.Cleanup(func() {
			stdin.Close()
			cmd.Wait()
		})
		err = p.out.Decode(&p.versions)
	}
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("there must be a Python with Flask in CI: %v", err)
	}
	if err != nil {
		t.Skip("no Python with Flask here: set DEWAR_PYTHON to one to compare with it")
	}
	return p
}

func (p *peer) ask(questions []map[string]any) []answer {
	p.t.Helper()
	if err := p.in.Encode(questions); err != nil {
		p.t.Fatal(err)
	}
	var answers []answer
	if err := p.out.Decode(&answers); err != nil {
		p.t.Fatal(err)
	}
	if len(answers) != len(questions) {
		p.t.Fatalf("%d answers to %d questions", len(answers), len(questions))
	}
	return answers
}

func (p *peer) loads(texts []string) []answer {
	p.t.Helper()
	questions := make([]map[string]any, len(texts))
	for i, text := range texts {
		questions[i] = map[string]any{"loads": hex.EncodeToString([]byte(text))}
	}
	return p.ask(questions)
}

func (p *peer) dumps(values []any) []answer {
	p.t.Helper()
	questions := make([]map[string]any, len(values))
	for i, v := range values {
		questions[i] = map[string]any{"dumps": typedOf(v)}
	}
	return p.ask(questions)
}

func TestAgainstFlask(t *testing.T) {
	p := startPeer(t)
	t.Run("encode", func(t *testing.T) { encodeAgainstFlask(t, p, seeded.Rand(t)) })
	t.Run("decode", func(t *testing.T) { decodeAgainstFlask(t, p, seeded.Rand(t)) })
	t.Run("oddities", func(t *testing.T) { odditiesAgainstFlask(t, p) })
}

func encodeAgainstFlask(t *testing.T, p *peer, r *rand.Rand) {
	values, texts := make([]any, 2000), make([]string, 2000)
	for i := range values {
		values[i] = randomValue(r, 4)
	}
	for i, a := range p.dumps(values) {
		got, err := taggedjson.Codec{}.Encode(nil, values[i])
		if want, _ := hex.DecodeString(a.Text); err != nil || string(got) != string(want) {
			t.Fatalf("%v:\n got %s, %v\nwant %s %s", values[i], got, err, want, a.Error)
		}
		texts[i] = string(got)
	}
	for i, a := range p.loads(texts) {
		compareLoads(t, texts[i], a)
	}
}

func decodeAgainstFlask(t *testing.T, p *peer, r *rand.Rand) {
	texts := make([]string, 5000)
	for i := range texts {
		texts[i] = randomText(r, 4)
		if r.IntN(2) == 0 {
			texts[i] = mutated(r, texts[i])
		}
	}
	for i, a := range p.loads(texts) {
		compareLoads(t, texts[i], a)
	}
}

func odditiesAgainstFlask(t *testing.T, p *peer) {
	texts := slices.Clone(oddities)
	for _, text := range oddities {
		texts = append(texts, `{"v":[`+text+`,0]}`)
	}
	answers := p.loads(texts)
	for i, a := range answers {
		compareLoads(t, texts[i], a)
	}
	if *record {
		writeAnswers(t, p.versions, answers[:len(oddities)])
	}
}

// compareLoads compares the value in text, and its session, with Flask's.
func compareLoads(t *testing.T, text string, a answer) {
	t.Helper()
	got, err := taggedjson.Codec{}.Decode([]byte(text))
	switch {
	case a.Error != "" && err == nil:
		t.Errorf("%s\n%q\nreads as %v, Flask says %s", text, text, got, a.Error)
		return
	case a.Error != "":
		if session, err := decodeSession(taggedjson.Codec{}, []byte(text)); !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%s\n%q\nis a session %v, %v, Flask says %s", text, text, session, err, a.Error)
		}
		return
	case err != nil && a.Dups:
		return // of two values of a key the first is untagged here and not there
	}
	want, werr := a.Value.Go()
	if werr != nil {
		t.Errorf("%s: %v", text, werr)
		return
	}
	if err != nil || !vectors.Equal(got, want) {
		t.Errorf("%s\n%q\n got %#v, %v\nwant %#v", text, text, got, err, want)
		return
	}
	session, err := decodeSession(taggedjson.Codec{}, []byte(text))
	if _, isMap := want.(map[string]any); !isMap && !empty(want) {
		if err == nil {
			t.Errorf("%s is a session here and none there", text)
		}
		return
	}
	if empty(want) {
		want = map[string]any{}
	}
	if err != nil || !vectors.Equal(session, want) {
		t.Errorf("as a session %s\n got %#v, %v\nwant %#v", text, session, err, want)
	}
}

// empty says whether v is something that dict takes for no pairs, or None.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case codec.Markup:
		return v == ""
	case []byte:
		return len(v) == 0
	case []any:
		return len(v) == 0
	case codec.Tuple:
		return len(v) == 0
	}
	return false
}

func ExampleCodec_Encode() {
	c := taggedjson.Codec{}
	b, _ := c.Encode(nil, map[string]any{"who": "ada", "cart": codec.Tuple{1, 1.0, []byte("hi")}})
	fmt.Println(strings.TrimSpace(string(b)))
	// Output: {"cart":{" t":[1,1.0,{" b":"aGk="}]},"who":"ada"}
}
