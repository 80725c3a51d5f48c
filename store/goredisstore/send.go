package goredisstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// once is a command that is sent once, but for MOVED and ASK, which say that
// nothing was done. A cluster's client would send it again when its answer is
// lost, whatever MaxRetries says.
type once struct{ *redis.Cmd }

func (once) NoRetry() bool { return true }

// send sends a command and returns its answer, or an error as ctx ends: go-redis
// itself doesn't look while it waits for a server that hangs.
func (s *Store) send(ctx context.Context, words ...any) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	cmd, answered := once{redis.NewCmd(ctx, words...)}, make(chan error, 1)
	go func() { answered <- s.client.Process(ctx, cmd) }()
	select {
	case err := <-answered:
		return cmd.Val(), err
	case <-ctx.Done():
		return nil, ctx.Err()
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
	return fmt.Errorf("goredisstore: no answer: %w", err)
}
