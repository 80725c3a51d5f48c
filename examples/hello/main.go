// Command hello is a small web application on signed-cookie sessions: it signs
// visitors in and out, counts their visits, flashes messages, and shows each
// visitor what their own session holds and how it is kept.
//
//	go run ./hello
//	SECRET_KEY=... go run ./hello   # a Flask application's key: one login for both
//
// Environment: PORT (8080), SECRET_KEY and Flask's SESSION_* settings, and,
// without a SECRET_KEY, HELLO_KEY_FILE (dewar-hello/key in the user's
// configuration folder).
//
// Where to read on: keeping.go chooses how sessions are kept, visitor.go uses
// them, site.go puts the guards in front.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "hello:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, and says on out where and how.
func run(ctx context.Context, out io.Writer) error {
	k, err := choose()
	if err != nil {
		return err
	}
	handler, err := newSite(k)
	if err != nil {
		return err
	}
	ln, err := listen(cmp.Or(os.Getenv("PORT"), "8080"))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "hello: http://%s (Ctrl-C ends it)\nhello: %s\nhello: the signing key is in %s\n", ln.Addr(), k.rules(), k.key)
	return serve(ctx, ln, handler)
}

// listen takes a port of this machine alone: nothing here is for the network.
func listen(port string) (net.Listener, error) {
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %s is taken: set PORT to another one, such as PORT=8081", port)
	}
	return ln, err
}
