package main

import (
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"dewar": main})
}

// The scripts are the command as a user types it. Every golden value in them
// was made by itsdangerous 2.2.0 with Flask 3.1.3's serializer.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"bytes":  writeBytes,
			"repeat": writeRepeated,
			"concat": concat,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each run under -race ends with a second's sleep
			return nil
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// writeBytes is "bytes FILE [HEX]": a file that a script can't hold.
func writeBytes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: bytes FILE [HEX]")
	}
	b, err := hex.DecodeString(strings.Join(args[1:], ""))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

// writeRepeated is "repeat FILE N BEFORE TEXT AFTER": TEXT, N times.
func writeRepeated(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 5 {
		ts.Fatalf("usage: repeat FILE N BEFORE TEXT AFTER")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := args[2] + strings.Repeat(args[3], n) + args[4]
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// concat is "concat FILE PART...": the parts, one behind the other.
func concat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: concat FILE PART...")
	}
	var text []byte
	for _, part := range args[1:] {
		text = append(text, ts.ReadFile(part)...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}
