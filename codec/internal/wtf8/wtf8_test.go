package wtf8

import (
	"testing"
	"unicode/utf8"
)

// All code points of the first plane, and some of the others.
func TestCodePoints(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if r > 0x10100 {
			r = min(r+96, utf8.MaxRune)
		}
		s := string(AppendRune(nil, r))
		got, n := DecodeRune(s + "x")
		if got != r || n != len(s) || !Valid(s) {
			t.Fatalf("%U: got %U of %d bytes", r, got, n)
		}
		if utf8.ValidRune(r) && s != string(r) {
			t.Fatalf("%U isn't written as UTF-8: % x", r, s)
		}
		if got := CutLast("é"+s, 1); got != "é" {
			t.Fatalf("%U: cut to % x", r, got)
		}
	}
}

func TestIllFormed(t *testing.T) {
	for _, s := range []string{"\x80", "\xff", "\xc0\x80", "\xe0\x80\x80", "\xed", "\xed\xa0", "\xed\xa0a", "\xed\xe0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "a\xc3"} {
		if Valid(s) {
			t.Errorf("% x is taken for well formed", s)
		}
	}
	if r, n := DecodeRune(""); r != utf8.RuneError || n != 0 {
		t.Errorf("of nothing: got %U, %d", r, n)
	}
	if r, n := DecodeRune("\uFFFD"); r != utf8.RuneError || n != 3 {
		t.Errorf("U+FFFD itself: got %U, %d", r, n)
	}
}

func TestCutLast(t *testing.T) {
	for _, tt := range []struct {
		s    string
		n    int
		want string
	}{{"abc", 2, "a"}, {"ab", 2, ""}, {"a", 2, ""}, {"", 2, ""}, {"abc", 0, "abc"}, {"a\U0001F600é", 2, "a"}} {
		if got := CutLast(tt.s, tt.n); got != tt.want {
			t.Errorf("%q less %d: got %q, want %q", tt.s, tt.n, got, tt.want)
		}
	}
}
