package pickle_test

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/msgspec"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/internal/vectors"
)

//go:embed testdata/peer.py
var program string

// python starts the interpreter that DEWAR_PYTHON names, python3 if it is
// empty, and returns how to ask it.
func python(t testing.TB) (ask func(answers any, questions ...[]any)) {
	t.Helper()
	name := os.Getenv("DEWAR_PYTHON")
	if name == "" {
		name = "python3"
	}
	cmd := exec.Command(name, "-c", program)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	err = cmd.Start()
	answer, version := json.NewDecoder(out), ""
	if err == nil {
		err = answer.Decode(&version)
	}
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("no Python with markupsafe and msgspec here: set DEWAR_PYTHON to one to compare with it")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	return func(answers any, questions ...[]any) {
		err := json.NewEncoder(in).Encode(questions)
		if err == nil {
			err = answer.Decode(answers)
		}
		if err != nil {
			panic(err) // t may be a fuzz target's, which mustn't fail within one
		}
	}
}

// again is a session whose values were all decoded and encoded.
func again(data []byte) ([]byte, error) {
	entries, err := pickle.Codec{}.Split(data)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		v, err := pickle.Codec{}.Decode(e.Raw)
		if err != nil {
			return nil, fmt.Errorf("Split let %q pass: %w", e.Raw, err)
		}
		if entries[i].Raw, err = (pickle.Codec{}).Encode(nil, v); err != nil {
			return nil, err
		}
	}
	return pickle.Codec{}.Join(nil, entries)
}

// joined is a session of which nobody touched anything.
func joined(data []byte) ([]byte, error) {
	entries, err := pickle.Codec{}.Split(data)
	if err != nil {
		return nil, err
	}
	return pickle.Codec{}.Join(nil, entries)
}

// What Python pickles, in any protocol, is read, and Python reads the same of
// what is written then.
func TestReadsWhatPythonPickles(t *testing.T) {
	ask := python(t)
	seed := seeded.Seed(t)
	var dicts [1][][6]string
	ask(&dicts, []any{"random", seed, 500})
	var questions [][]any
	for _, protocols := range dicts[0] {
		for _, text := range protocols {
			data, _ := hex.DecodeString(text)
			untouched, err := joined(data)
			if err != nil {
				t.Fatalf("%q: %v", data, err)
			}
			fresh, err := again(data)
			if err != nil {
				t.Fatalf("%q: %v", data, err)
			}
			questions = append(questions, []any{"same", text, hex.EncodeToString(untouched)}, []any{"alike", text, hex.EncodeToString(fresh)})
		}
	}
	var same []bool
	ask(&same, questions...)
	for i, ok := range same {
		if !ok {
			t.Fatalf("Python reads something else:\n%v", questions[i])
		}
	}
}

// The bytes are Python's at each size at which a batch begins or ends: of what
// is carried along, and of what is written anew.
func TestBatchesArePythons(t *testing.T) {
	ask := python(t)
	kinds := []string{"dict", "set", "frozenset", "list", "tuple", "session"}
	for _, n := range []int{0, 1, 2, 999, 1000, 1001, 2000, 2001} {
		var texts [1][]string
		ask(&texts, []any{"batches", n})
		for i, text := range texts[0] {
			want, _ := hex.DecodeString(text)
			for how, write := range map[string]func([]byte) ([]byte, error){"joined": joined, "encoded again": again} {
				if got, err := write(want); err != nil || !bytes.Equal(got, want) {
					t.Errorf("a %s of %d, %s: got %d bytes, %v, want %d: …%.20q, want …%.20q", kinds[i], n, how, len(got), err, len(want), tail(got), tail(want))
				}
			}
		}
	}
}

func tail(b []byte) []byte { return b[max(0, len(b)-12):] }

// random makes a value that pickles can hold and MessagePack can't, or any.
func random(r *rand.Rand) any {
	switch r.IntN(8) {
	case 0:
		return "\xed\xa0\x80 and half a pair"
	case 1:
		n, _ := codec.Plain(new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(r.Int64N(3)), uint(r.IntN(2200)))))
		return n
	case 2:
		at := time.Unix(r.Int64N(1<<33), r.Int64N(1000000)*1000)
		return at.In([]*time.Location{time.UTC, pickle.Naive, time.FixedZone("", -18000), time.FixedZone("CET", 3600)}[r.IntN(4)])
	case 3:
		return make([]any, []int{999, 1000, 1001, 2000}[r.IntN(4)])
	}
	return msgspec.Random(r, 3)
}

// What is written is read by Python as what it is, and what Python pickles of
// that, in any protocol, is the value that was written.
func TestPythonReadsWhatIsWritten(t *testing.T) {
	ask := python(t)
	r := seeded.Rand(t)
	var values []any
	var questions [][]any
	for i := range 500 {
		v := random(r)
		if i < 2 { // more than CPython puts into one frame
			v = []any{strings.Repeat("x", 100000), many(20000, "é"), []byte(strings.Repeat("y", 70000))}[i:]
		}
		raw, err := pickle.Codec{}.Encode(nil, v)
		if err != nil {
			t.Fatalf("%v: %v", v, err)
		}
		data, err := pickle.Codec{}.Join(nil, []codec.Entry{{Key: "v", Raw: raw}})
		if err != nil {
			t.Fatal(err)
		}
		for protocol := range 6 {
			values, questions = append(values, v), append(questions, []any{"redump", hex.EncodeToString(data), protocol})
		}
	}
	var dumped []string
	ask(&dumped, questions...)
	for i, text := range dumped {
		data, _ := hex.DecodeString(text)
		got, err := session(data, pickle.Codec{}.Decode)
		if err != nil || !vectors.Equal(got["v"], values[i]) {
			t.Fatalf("%v\n got %#v, %v\nwant %#v", questions[i], got["v"], err, values[i])
		}
	}
}

// What is read for another format is what msgspec makes of it.
func TestConvertIsMsgspecs(t *testing.T) {
	ask := python(t)
	seed := seeded.Seed(t)
	var dicts [1][][6]string
	ask(&dicts, []any{"random", seed, 500})
	var all [][]byte
	var questions [][]any
	for _, protocols := range dicts[0] {
		data, _ := hex.DecodeString(protocols[5])
		entries, err := pickle.Codec{}.Split(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			one, err := pickle.Codec{}.Join(nil, []codec.Entry{{Key: "v", Raw: e.Raw}})
			if err != nil {
				t.Fatal(err)
			}
			all, questions = append(all, e.Raw), append(questions, []any{"msgspec", hex.EncodeToString(one)})
		}
	}
	var answers []*string
	ask(&answers, questions...)
	compared := 0
	for i, want := range answers {
		v, err := pickle.Convert(all[i])
		if err != nil {
			t.Fatalf("%q: %v", all[i], err)
		}
		raw, err := msgpack.Codec{}.Encode([]byte("\x81\xA1v"), v)
		if err != nil {
			continue // a dict with keys of other types, half a surrogate pair
		}
		if want == nil {
			t.Fatalf("%q: got %x, msgspec refuses it", all[i], raw)
		}
		compared++
		theirs, _ := hex.DecodeString(*want)
		same := bytes.Equal(raw, theirs)
		if bytes.IndexByte(all[i], 0x8F) >= 0 || bytes.IndexByte(all[i], 0x91) >= 0 { // a set, which Python may print in another order
			same = slices.Equal(slices.Sorted(slices.Values(raw)), slices.Sorted(slices.Values(theirs)))
		}
		if !same {
			t.Fatalf("%q\n got %x\nwant %x", all[i], raw, theirs)
		}
	}
	if compared < 300 {
		t.Errorf("only %d values were compared", compared)
	}
}
