// Lab is a program whose only handler does to its session what the request
// body says. Its twin in the folder flask takes the same requests and gives
// the same answers; tests drive both and compare. It listens on loopback and
// belongs on no network. The twin's README describes settings and requests;
// what this one has beside them, settings.go says.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/dewar-go/dewar"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	set, err := settings(os.Environ())
	if err != nil {
		return err
	}
	sessions, err := dewar.New(set.options)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", set.port))
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler:           handler(sessions.With(set.route)),
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    4 << 20, // the tests send huge cookies on purpose
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if set.endWithStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			cancel()
		}()
	}
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	fmt.Printf("This is a lab for tests, on loopback, and no program to put on a network: http://%s\n", listener.Addr())
	if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
