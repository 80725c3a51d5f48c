package main

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestVisitor(t *testing.T) {
	nativeRules(t)
	b := newBrowser(t)
	b.start()

	mustShow(t, b.get("/"), "Hello, visitor.", "your first visit", "no password is asked", "Dewar’s own")
	mustShow(t, b.get("/"), "visit number <strong>2</strong>")
	mustShow(t, b.post("/sign-in", "name", "  Ada & Ł "), "Hello, Ada &amp; Ł.", "You are signed in.", "visit number <strong>3</strong>")

	again := b.get("/")
	mustShow(t, again, "Hello, Ada &amp; Ł.", "<code>_user_id</code>")
	mustHide(t, again, "You are signed in.", "_flashes")

	mustShow(t, b.post("/sign-in", "name", "Bob"), "Hello, Ada &amp; Ł.", "already", `data-category="warning"`)

	mustShow(t, b.post("/messages", "message", "<b>tea</b>", "category", "success"), `data-category="success"`, "&lt;b&gt;tea&lt;/b&gt;")
	mustHide(t, b.get("/"), "tea")

	mustShow(t, b.post("/sign-out"), "Hello, visitor.", "You are signed out", "your first visit")
	mustHide(t, b.get("/"), "You are signed out", "_user_id</code></th>")
}

func TestOddForms(t *testing.T) {
	nativeRules(t)
	for _, c := range []struct{ name, path, field, text, category, want string }{
		{"no name", "/sign-in", "name", " ", "", "1 to 40 characters"},
		{"name too long", "/sign-in", "name", strings.Repeat("a", maxName+1), "", "1 to 40 characters"},
		{"name that is no text", "/sign-in", "name", "a\xff", "", "1 to 40 characters"},
		{"body too large", "/sign-in", "name", strings.Repeat("a", maxBody), "", "1 to 40 characters"},
		{"no message", "/messages", "message", "", "info", "1 to 80 characters"},
		{"unknown category", "/messages", "message", "tea", "tea", "a category"},
		{"longest name", "/sign-in", "name", strings.Repeat("\U0001F375", maxName), "", "You are signed in."},
		{"longest message", "/messages", "message", strings.Repeat("\U0001F375", maxMessage), "info", "\U0001F375"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBrowser(t)
			b.start()
			mustShow(t, b.post(c.path, c.field, c.text, "category", c.category), c.want)
		})
	}
}

// The longest that the forms accept fits into one cookie, in the characters
// that take the most room and compress the least.
func TestLongestSessionFits(t *testing.T) {
	nativeRules(t)
	text := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteRune(rune(0x1F300 + i*7919%0x2FF))
		}
		return b.String()
	}
	b := newBrowser(t)
	b.start()
	b.post("/sign-in", "name", text(maxName))
	page := b.post("/messages", "message", text(maxMessage), "category", "warning")
	mustShow(t, page, text(maxName), text(maxMessage))
}

func TestWhose(t *testing.T) {
	for _, c := range []struct {
		name      string
		vals      map[string]any
		user, key string
	}{
		{"nobody", nil, "", ""},
		{"user before the rest", map[string]any{"user": "a", "username": "b", "name": "c", "_user_id": "7"}, "a", "user"},
		{"a name before a number", map[string]any{"name": "c", "_user_id": "7"}, "c", "name"},
		{"Flask-Login", map[string]any{"_user_id": "7"}, "7", "_user_id"},
		{"the Flask tutorial", map[string]any{"user_id": 7}, "7", "user_id"},
		{"empty is nobody", map[string]any{"user": "", "username": "b"}, "b", "username"},
		{"neither text nor number", map[string]any{"user": map[string]any{"name": "a"}, "name": "c"}, "c", "name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			user, key := whose(dewar.NewSession(c.vals))
			if user != c.user || key != c.key {
				t.Errorf("got %q under %q, want %q under %q", user, key, c.user, c.key)
			}
		})
	}
}
