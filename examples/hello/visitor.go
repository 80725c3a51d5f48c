package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
)

// visits counts how often a visitor has seen the page.
const visits = dewar.Key[int]("visits")

// The longest name and message, in characters. What is in the session must fit
// into a cookie: 4093 bytes, of which one character can take sixteen.
const (
	maxName    = 40
	maxMessage = 80
)

// categories are the kinds of messages that can be left.
func categories() []string { return []string{"info", "success", "warning", "error"} }

// home greets the visitor and counts the visit.
func home(k keeping) http.Handler {
	page := newPage()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := dewar.From(r.Context())
		visits.Update(s, func(n int) int { return n + 1 })
		flashes := s.Flashes() // taken first: what is shown below is what stays
		page.show(w, newView(k, r, s, flashes))
	})
}

// signIn takes any name. A real application asks for a password here, and
// calls Login once it was right.
func signIn(w http.ResponseWriter, r *http.Request) {
	s := dewar.From(r.Context())
	name, ok := line(r, "name", maxName)
	switch user, _ := whose(s); {
	case user != "":
		s.Flash("You are signed in as "+user+" already. Sign out first.", "warning")
	case !ok:
		s.Flash(fmt.Sprintf("A name has 1 to %d characters.", maxName), "error")
	default:
		s.Login(name)
		s.Flash("You are signed in.", "success")
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// signOut ends the session. The flash begins a new one, which knows nothing of
// the old.
func signOut(w http.ResponseWriter, r *http.Request) {
	s := dewar.From(r.Context())
	s.Destroy()
	s.Flash("You are signed out, and your session is gone.", "info")
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// leaveMessage flashes what the visitor wrote.
func leaveMessage(w http.ResponseWriter, r *http.Request) {
	s := dewar.From(r.Context())
	message, ok := line(r, "message", maxMessage)
	category := r.PostFormValue("category")
	if ok && slices.Contains(categories(), category) {
		s.Flash(message, category)
	} else {
		s.Flash(fmt.Sprintf("A message has 1 to %d characters and a category.", maxMessage), "error")
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// line reads a field of a form and reports whether it is text of 1 to longest
// characters.
func line(r *http.Request, field string, longest int) (string, bool) {
	text := strings.TrimSpace(r.PostFormValue(field))
	return text, text != "" && utf8.ValidString(text) && utf8.RuneCountInString(text) <= longest
}

// names are the keys under which applications keep who is signed in, in the
// order in which they are looked at: names before numbers. "_user_id" is
// Login's and Flask-Login's, "user_id" that of the Flask tutorial.
func names() []string { return []string{"user", "username", "name", "_user_id", "user_id"} }

// whose says who is signed in, and under which key that was found; nobody is
// "".
func whose(s *dewar.Session) (user, key string) {
	for _, key := range names() {
		switch v := s.Get(key).(type) {
		case string:
			if v != "" {
				return v, key
			}
		case int64:
			return strconv.FormatInt(v, 10), key
		}
	}
	return "", ""
}
