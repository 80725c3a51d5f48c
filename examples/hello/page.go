package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/dewar-go/dewar"
)

//go:embed page.html style.css
var files embed.FS

// A view is what the page shows.
type view struct {
	User, Via  string // who is signed in, and the key that says so; empty if nobody
	Visits     int
	Flashes    []message
	Values     []value
	Flask      bool
	Cookie     string
	Size       int // bytes that the browser sent as the cookie's value
	Key, Life  string
	Names      []string
	Categories []string
	MaxName    int
	MaxMessage int
}

// A message is a flash as it is shown: text, or HTML that somebody with the key
// vouched for (Markup).
type message struct {
	Category string
	Body     any
}

// A value is one of the session's.
type value struct{ Key, Type, Text string }

func newView(k keeping, r *http.Request, s *dewar.Session, flashes []dewar.Flash) view {
	v := view{
		Visits: visits.Get(s), Flask: k.flask(), Cookie: k.cookie(), Key: k.key, Life: k.life(),
		Names: names(), Categories: categories(), MaxName: maxName, MaxMessage: maxMessage,
	}
	v.User, v.Via = whose(s)
	if c, err := r.Cookie(k.options.Cookie.Name); err == nil {
		v.Size = len(c.Value)
	}
	for _, f := range flashes {
		body := f.Message
		if m, ok := body.(dewar.Markup); ok {
			body = template.HTML(m)
		}
		v.Flashes = append(v.Flashes, message{f.Category, body})
	}
	for key, val := range s.All() {
		v.Values = append(v.Values, value{key, typeName(val), fmt.Sprint(val)})
	}
	return v
}

// typeName gives the Go type that a value has come as.
func typeName(v any) string {
	if v == nil {
		return "nil"
	}
	return strings.ReplaceAll(fmt.Sprintf("%T", v), "interface {}", "any")
}

// A page is the one that this program has.
type page struct{ html *template.Template }

func newPage() page { return page{template.Must(template.ParseFS(files, "page.html"))} }

// show writes the page, all of it or an error.
func (p page) show(w http.ResponseWriter, v view) {
	var b bytes.Buffer
	if err := p.html.Execute(&b, v); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store") // not to be seen by going back after a sign-out
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	_, _ = b.WriteTo(w)
}
