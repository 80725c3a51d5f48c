package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/dewar-go/dewar"
)

// maxBody is the most that a request may carry: these forms are short.
const maxBody = 4 << 10

// newSite puts everything together: the pages, the sessions around them, and
// the guards around both.
func newSite(k keeping) (http.Handler, error) {
	sessions, err := dewar.New(k.options)
	if err != nil {
		return nil, err
	}
	pages := http.NewServeMux()
	pages.Handle("GET /{$}", home(k))
	pages.HandleFunc("POST /sign-in", signIn)
	pages.HandleFunc("POST /sign-out", signOut)
	pages.HandleFunc("POST /messages", leaveMessage)

	mux := http.NewServeMux()
	mux.Handle("/", sessions.Wrap(pages))
	mux.Handle("GET /style.css", http.FileServerFS(files)) // needs no session

	// A form on another site can't be sent here (SameSite=Lax on the cookie
	// stops most of them, this the rest, without a token in each form).
	guard := http.NewCrossOriginProtection()
	return onlyHere(guard.Handler(http.MaxBytesHandler(mux, maxBody))), nil
}

// onlyHere refuses requests that were meant for another host. Without it, a
// site elsewhere whose name is made to point at 127.0.0.1 (DNS rebinding)
// could fetch cookies that were signed here.
func onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := (&url.URL{Host: r.Host}).Hostname()
		if host != "localhost" && !net.ParseIP(host).IsLoopback() {
			http.Error(w, "This demo answers to 127.0.0.1 and localhost only.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// serve answers on ln until ctx ends, then lets the requests under way finish.
func serve(ctx context.Context, ln net.Listener, handler http.Handler) error {
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
	}
	stopped := make(chan error, 1)
	context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		stopped <- srv.Shutdown(ctx)
	})
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
