package goredisstore

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/redis/go-redis/v9"
)

// once is a command that is sent once, but for MOVED and ASK, which say that
// nothing was done. A cluster's client would send it again when its answer is
// lost, whatever MaxRetries says.
type once struct{ *redis.Cmd }

func (once) NoRetry() bool { return true }

// send sends a command and returns its answer, or an error as ctx ends.
func (s *Store) send(ctx context.Context, words ...any) (any, error) {
	return await(ctx, func() (any, error) {
		cmd := once{redis.NewCmd(ctx, words...)}
		err := s.client.Process(ctx, cmd)
		return cmd.Val(), err
	})
}

// await waits for an answer until ctx ends: go-redis itself doesn't look while it
// waits for a server that hangs.
func await[T any](ctx context.Context, ask func() (T, error)) (answer T, err error) {
	if err := ctx.Err(); err != nil {
		return answer, err
	}
	type outcome struct {
		answer T
		err    error
	}
	answered := make(chan outcome, 1)
	go func() {
		answer, err := ask()
		answered <- outcome{answer, err}
	}()
	select {
	case o := <-answered:
		return o.answer, o.err
	case <-ctx.Done():
		return answer, ctx.Err()
	}
}

// refusal is the error of a command without an outcome.
func (s *Store) refusal(ctx context.Context, err error) error {
	var said redis.Error
	if errors.As(err, &said) {
		return s.layout.Refusal(said.Error())
	}
	if c, ok := s.client.(*redis.ClusterClient); ok {
		c.ReloadState(ctx) // the slot may be another node's by now; by itself it asks every ten seconds
	}
	if errors.Is(err, context.Canceled) {
		err = ctx.Err() // nil: the client cancelled, and whoever asked is still there
	} else {
		err = nameable(err)
	}
	if err == nil {
		return errNoAnswer
	}
	return fmt.Errorf("%w: %w", errNoAnswer, err)
}

var errNoAnswer = errors.New("goredisstore: no answer")

// nameable is the part of an error that quotes nothing of an answer, and nil if
// there is none.
func nameable(err error) error {
	var network net.Error
	if errors.As(err, &network) {
		return network
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return certificate
	}
	for _, known := range [...]error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, redis.ErrClosed, redis.ErrPoolTimeout} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}
