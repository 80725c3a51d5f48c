package pickle_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
)

const maxSize = 16 << 20 // of a pickle, and of its keys and values when each stands alone

// bomb doubles what start leaves on the stack 40 times, by the memo. pair holds
// two of the same.
func bomb(start, open, closing string) string {
	var b strings.Builder
	b.WriteString(start + "q\x000")
	for i := range 40 {
		fmt.Fprintf(&b, "%sh%ch%c%sq%c0", open, i, i, closing, i+1)
	}
	return b.String() + "}U\x01ah\x28s."
}

// entries are n keys, each with the value of the same opcodes.
func entries(n int, value string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "U\x05%05x%s", i, value)
	}
	return b.String()
}

// Many values of unknown classes cost no more than they are long: the pickle is
// read to split it and to join it, and not for each.
func TestManyValuesOfUnknownClasses(t *testing.T) {
	const n = 5000
	data := []byte("}capp\nC\nq\x000(" + entries(n, "h\x00)\x81") + "u.")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	all, err := c.Split(data)
	if err != nil || len(all) != n {
		t.Fatalf("%d entries, %v", len(all), err)
	}
	for _, e := range all {
		if v, err := c.Decode(e.Raw); err != nil || v.(codec.Opaque).Kind != "app.C" {
			t.Fatalf("got %v, %v", v, err)
		}
	}
	joined, err := c.Join(nil, all)
	if err != nil || string(joined) != string(data) {
		t.Errorf("joined to %d bytes of %d, %v", len(joined), len(data), err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 32<<20 {
		t.Errorf("%d MiB were allocated for %d kB", used>>20, len(data)>>10)
	}
}

// Hostile pickles are refused, or are data; nothing is called, and what is
// allocated is bounded.
func TestHostilePickles(t *testing.T) {
	nested := strings.Repeat("]", 1000000) + strings.Repeat("a", 999999)
	const n = 20000
	again := func(arg, class, args, call string) string { // n calls with one argument
		return "](" + arg + "q\x000" + class + "q\x010" + strings.Repeat("h\x01"+args+call, n) + "e}U\x01aNs."
	}
	const big = 600 << 10
	texts := "X\x00\x60\x09\x00" + strings.Repeat("x", big) + "q\x01"
	times := func(n int, pair string) string { // 600 KiB and an object are in memo 2, that text in 1
		return "U\x01aq\x000](" + texts + "capp\nC\n)\x81eq\x020}(" + strings.Repeat(pair, n) + "u."
	}
	text := "X\x20\x4e\x00\x00" + strings.Repeat("1", n)
	for name, row := range map[string]struct{ data, want string }{
		"os.system, protocol 0":          {"(dS'a'\ncos\nsystem\n(S'id'\ntRs.", "map[a:<os.system>]"},
		"os.system, protocol 4":          {"\x80\x04}\x8c\x01a\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85Rs.", "map[a:<os.system>]"},
		"os.system, INST":                {"}U\x01a(U\x02idios\nsystem\ns.", "map[a:<os.system>]"},
		"os.system, OBJ":                 {"}U\x01a(cos\nsystem\nU\x02idos.", "map[a:<os.system>]"},
		"subprocess.Popen, NEWOBJ":       {"}U\x01acsubprocess\nPopen\nU\x02id\x85\x81s.", "map[a:<subprocess.Popen>]"},
		"subprocess.Popen, NEWOBJ_EX":    {"}U\x01acsubprocess\nPopen\nU\x02id\x85}\x92s.", "map[a:<subprocess.Popen>]"},
		"eval":                           {"}U\x01ac__builtin__\neval\nU\x031+1\x85Rs.", "map[a:<builtins.eval>]"},
		"eval of a list":                 {"}U\x01ac__builtin__\neval\n](U\x031+1e\x85Rs.", "map[a:<builtins.eval>]"},
		"1.1 million values":             {"}U\x01a](" + strings.Repeat("N", 1100000) + "es.", "limit"},
		"getattr of a known class":       {"}U\x01acbuiltins\ngetattr\ncuuid\nUUID\nU\x03int\x86Rs.", "map[a:<builtins.getattr>]"},
		"a call of what a call returned": {"}U\x01acbuiltins\ngetattr\ncos\nsystem\nU\x01x\x86R)Rs.", "map[a:<builtins.getattr>]"},
		"a class's own __setstate__":     {"}U\x01acapp\nC\n)\x81cos\nsystem\nbs.", "map[a:<app.C>]"},
		"a class with a state":           {"}U\x01acos\nsystem\n}b.", "malformed"},
		"a dotted name":                  {"\x80\x04}\x8c\x01a\x8c\x08datetime\x8c\x16datetime.fromisoformat\x93\x8c\x01x\x85Rs.", "map[a:<datetime.datetime.fromisoformat>]"},
		"bytes of a terabyte":            {"\x80\x03}U\x01acbuiltins\nbytes\n\x8a\x06\x00\x00\x00\x00\x00\x01\x85Rs.", "map[a:<builtins.bytes>]"},
		"a call of text":                 {"}U\x01aU\x01b)Rs.", "malformed"},
		"called with a list":             {"}U\x01acos\nsystem\n]Rs.", "malformed"},
		"the whole is a call":            {"cos\nsystem\n(S'id'\ntR.", "malformed"},
		"a key is an object":             {"}cos\nsystem\nNs.", "malformed"},
		"a value by its side effect":     {"cos\nsystem\nU\x02id\x85R0}.", "map[]"},

		"text of 2^63 bytes":      {"}U\x01a\x8d\x00\x00\x00\x00\x00\x00\x00\x80xs.", "malformed"},
		"text of 2^32 bytes":      {"}U\x01aX\xff\xff\xff\xffxs.", "malformed"},
		"str of -1 bytes":         {"}U\x01aT\xff\xff\xff\xffxs.", "malformed"},
		"bytearray of 2^64 bytes": {"}U\x01a\x96\xff\xff\xff\xff\xff\xff\xff\xffxs.", "malformed"},
		"a frame of 2^64 bytes":   {"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff}.", "malformed"},
		"a number of 2^31 bytes":  {"}U\x01a\x8b\xff\xff\xff\x7f\x01s.", "malformed"},
		"a number of -1 bytes":    {"}U\x01a\x8b\xff\xff\xff\xff\x01s.", "malformed"},
		"a number of 5000 bytes":  {"}U\x01a\x8b\x88\x13\x00\x00" + strings.Repeat("\x11", 5000) + "s.", "limit"},
		"a number of 5000 digits": {"}U\x01aL" + strings.Repeat("1", 5000) + "L\ns.", "limit"},
		"a memo of 2^32":          {"}r\xff\xff\xff\xffU\x01aK\x01s.", "map[a:1]"},
		"a memo of 2^62":          {"}p4611686018427387904\nU\x01aK\x01s.", "map[a:1]"},
		"10^6 nested lists":       {"}U\x01a" + nested + "s.", "limit"},
		"10^6 nested tuples":      {"}U\x01aN" + strings.Repeat("\x85", 1000000) + "s.", "limit"},
		"500 nested lists":        {"}U\x01a" + strings.Repeat("]", 501) + strings.Repeat("a", 500) + "s.", "limit"},
		"10^6 marks":              {"}" + strings.Repeat("(", 1000000) + ".", "malformed"},
		"doubled lists":           {bomb("]", "](", "e"), "limit"},
		"doubled tuples":          {bomb(")", "", "\x86"), "limit"},
		"doubled dicts":           {bomb("}", "}(U\x01a", "U\x01bh\x00u"), "malformed"},
		"a million times 64 kB":   {"X\x00\x00\x01\x00" + strings.Repeat("x", 65536) + "q\x000}U\x01a](" + strings.Repeat("h\x00", 1000) + "es.", "limit"},
		"5 million opcodes":       {"}U\x01a" + strings.Repeat("N0", 2500000) + "Ns.", "limit"},
		"17 MiB":                  {"}U\x01aNs." + strings.Repeat(" ", 17<<20), "limit"},

		"a set of one list, again and again":   {again("]("+strings.Repeat("N", n)+"e", "c__builtin__\nset\n", "h\x00\x85", "R"), "limit"},
		"a set by INST":                        {"](" + strings.Repeat("N", n) + "eq\x000](" + strings.Repeat("(h\x00i__builtin__\nset\n", n) + "e}U\x01aNs.", "limit"},
		"a set by OBJ":                         {again("]("+strings.Repeat("N", n)+"e", "c__builtin__\nset\n", "", "0(h\x01h\x00o"), "limit"},
		"one Decimal's digits again and again": {again(text, "cdecimal\nDecimal\n", "h\x00\x85", "R"), "limit"},
		"one text as bytes again and again":    {again(text, "c_codecs\nencode\n", "h\x00U\x06latin1\x86", "R"), "limit"},
		"one state of a UUID again and again":  {again("}("+strings.Repeat("U\x03intN", n)+"u", "cuuid\nUUID\n", "", ")\x81h\x00b"), "limit"},
		"a class of a long name 70000 times":   {"}c" + strings.Repeat("x", n) + "\n" + strings.Repeat("y", n) + "\nq\x000(" + entries(70000, "h\x00") + "u.", "limit"},
		"a list with an object 27 times":       {times(maxSize/big, "h\x00h\x02"), "map[a:<list with app.C>]"},
		"a list with an object 28 times":       {times(maxSize/big+1, "h\x00h\x02"), "limit"},
		"a key of 600 KiB 28 times":            {times(maxSize/big+1, "h\x01N"), "limit"},
		"one name of 20 kB again and again":    {again("N", "c"+strings.Repeat("x", n)+"\ny\n", ")", "R"), "map[a:<nil>]"},

		"a list in itself":          {"}U\x01a]q\x00h\x00as.", "map[a:<list with itself>]"},
		"a dict in itself":          {"}q\x00U\x01ah\x00s.", "map[a:<dict with itself>]"},
		"a tuple in itself":         {"}U\x01a]q\x00h\x00\x85q\x01a0h\x01s.", "map[a:<tuple with itself>]"},
		"a set of lists":            {"}U\x01a(]\x91s.", "malformed"},
		"a dict of lists":           {"}U\x01a(]Nds.", "malformed"},
		"an append to text":         {"}U\x01aU\x01bNas.", "malformed"},
		"a UUID of 2^200":           {"}U\x01acuuid\nUUID\n)\x81}U\x03int\x8a\x1a" + strings.Repeat("\x01", 26) + "sbs.", "map[a:<uuid.UUID>]"},
		"a UUID without a number":   {"}U\x01acuuid\nUUID\n)\x81s.", "map[a:<uuid.UUID>]"},
		"a datetime of month 13":    {"}U\x01acdatetime\ndatetime\nC\x0a\x07\xe8\x0d\x01\x00\x00\x00\x00\x00\x00\x85Rs.", "map[a:<datetime.datetime>]"},
		"a datetime of February 30": {"}U\x01acdatetime\ndatetime\nC\x0a\x07\xe8\x02\x1e\x00\x00\x00\x00\x00\x00\x85Rs.", "map[a:<datetime.datetime>]"},
		"a time zone of 24 hours":   {"}U\x01acdatetime\ntimezone\ncdatetime\ntimedelta\nK\x01K\x00K\x00\x87R\x85Rs.", "map[a:<datetime.timezone>]"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		got, err := session([]byte(row.data), c.Decode)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(40*len(row.data))+160<<20 {
			t.Errorf("%s: %d MiB were allocated", name, used>>20)
		}
		limit, bad := errors.Is(err, codec.ErrLimit), errors.Is(err, codec.ErrMalformed)
		switch {
		case row.want == "limit" && limit, row.want == "malformed" && bad && !limit:
		case err != nil || shown(got) != row.want:
			t.Errorf("%s: got %.100s, %v, want %s", name, shown(got), err, row.want)
		}
	}
}

// everything has each opcode of the six protocols that can be part of a session.
const everything = "\x80\x05\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94(U\x01aK\x01U\x01bM\x01\x00U\x01cJ\x01\x00\x00\x00\x8c\x01d\x8a\x01\x01X\x01\x00\x00\x00e\x8b\x01\x00\x00\x00\x01" +
	"\x8d\x01\x00\x00\x00\x00\x00\x00\x00fNT\x01\x00\x00\x00g\x88S'h'\n\x89Vi\nI1\nU\x01jL1L\nU\x01kF1.5\nU\x01lG\x00\x00\x00\x00\x00\x00\x00\x00U\x01mC\x01aU\x01nB\x01\x00\x00\x00a" +
	"U\x01o\x8e\x01\x00\x00\x00\x00\x00\x00\x00aU\x01p\x96\x01\x00\x00\x00\x00\x00\x00\x00au(U\x01q]Na(NNeU\x01r(NlU\x01s(NNNNtU\x01t)U\x01uN\x85U\x01vNN\x86U\x01wNNN\x87" +
	"U\x01x\x8f(N\x90U\x01y(N\x91U\x01z(U\x01aNdU\x01A}U\x01aNsU\x01B]q\x07p12\nr\x0d\x00\x00\x000h\x07U\x01Cg12\nU\x01Dj\x0d\x00\x00\x00u" +
	"U\x01Ecdecimal\nDecimal\nU\x011\x85RsU\x01F\x8c\x0amarkupsafe\x8c\x06Markup\x93U\x01<\x85\x81sU\x01Gcuuid\nUUID\n)\x81}U\x03intK\x05sbs" +
	"U\x01HN20sU\x01I(N1Ns."

// Cut anywhere, it is refused, and what is left by an altered byte is data or
// refused.
func TestCutAndAltered(t *testing.T) {
	if _, err := session([]byte(everything), c.Decode); err != nil {
		t.Fatal(err)
	}
	for i := range everything {
		if _, err := c.Split([]byte(everything[:i])); !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("cut at %d: %v", i, err)
		}
		data := []byte(everything)
		for b := i % 11; b < 256; b += 11 {
			data[i] = byte(b)
			if _, err := session(data, c.Decode); err != nil && !errors.Is(err, codec.ErrMalformed) {
				t.Errorf("byte %d is %#x: %v", i, b, err)
			}
		}
	}
}

// Errors say where, not what.
func TestErrorsAreDiscreet(t *testing.T) {
	for _, data := range []string{"}U\x06secretVsecret\\u\ns.", "}U\x06secretcsecret\nsecret", "Psecret\n.", "U\x06secret."} {
		_, err := c.Split([]byte(data))
		if err == nil || strings.Contains(err.Error(), "secret") || !strings.HasPrefix(err.Error(), "pickle: ") {
			t.Errorf("%q: got %v", data, err)
		}
	}
}
