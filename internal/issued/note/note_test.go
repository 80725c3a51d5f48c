//go:build unix

package note

import "testing"

func TestShape(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"loaded handle=0123456789abcdef":    "loaded handle=16",
		"0123456789abcdef: 0123456789abcde": "16: 0123456789abcde",
		"two 0123456789-abcdef_x, 0123456789-abcdef_y": "two 19, 19",
		"é0123456789abcdefgé":                          "é17é",
	} {
		if got := string(shape([]byte(text))); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
