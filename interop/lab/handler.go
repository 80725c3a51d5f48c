package main

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/dewar-go/dewar"
)

// handler serves the lab's three paths. Anything else is a 404 that, like
// Flask's, comes from within Wrap.
func handler(sessions *dewar.Manager) http.Handler {
	o := sessions.Options()
	app := http.NewServeMux()
	app.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "nothing read, nothing written\n")
	})
	app.HandleFunc("POST /ops", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 16<<20))
		if err != nil {
			http.Error(w, "the body can't be read", http.StatusBadRequest)
			return
		}
		operations, err := parse(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		play(&answer{w: w, s: dewar.From(r.Context()), rules: o.Rules, codec: codecOf(o.Backend), refreshes: o.Rules != dewar.Native && !o.Life.Fixed}, operations)
	})
	inside := sessions.Wrap(app)
	root := http.NewServeMux()
	root.HandleFunc("GET /idle", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "idle\n") })
	root.Handle("/", inside)
	return recovered(root, o.Cookie.Name)
}

// codecOf gives the codec of a backend's sessions.
func codecOf(b dewar.Backend) dewar.Codec {
	if b, ok := b.(interface{ SessionCodec() dewar.Codec }); ok {
		return b.SessionCodec()
	}
	return tagged
}

// errPanic is what the operation panic panics with.
var errPanic = errors.New("panic")

// recovered answers a handler's panic as Flask does, with a 500 page: the
// session was written into the header before the panic came here, and is all
// that the page keeps of it. Once the response has begun it breaks off.
func recovered(next http.Handler, cookie string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := &beginning{ResponseWriter: w}
		defer func() {
			if v := recover(); v != nil {
				if v != any(errPanic) || begun.yes {
					panic(http.ErrAbortHandler)
				}
				h := w.Header()
				lines, vary := h["Set-Cookie"], strings.Join(h["Vary"], ",")
				clear(h)
				if n := len(lines); n > 0 && strings.HasPrefix(lines[n-1], cookie+"=") {
					h.Set("Set-Cookie", lines[n-1])
				}
				if strings.Contains(vary, "Cookie") {
					h.Set("Vary", "Cookie")
				}
				http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(begun, r)
	})
}

// beginning notices whether the response has begun.
type beginning struct {
	http.ResponseWriter
	yes bool
}

func (b *beginning) WriteHeader(status int) {
	b.yes = true
	b.ResponseWriter.WriteHeader(status)
}

func (b *beginning) Write(p []byte) (int, error) {
	b.yes = true
	return b.ResponseWriter.Write(p)
}

func (b *beginning) Unwrap() http.ResponseWriter { return b.ResponseWriter }
