package redisstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar/internal/redislayout"
	"github.com/redis/rueidis"
)

// wary is how long a cluster is asked with care after a node gave no answer. The
// other nodes' answers say nothing about that one.
const wary = 10 * time.Second

// ask sends a command and returns its answer, or an error soon after ctx ends.
//
// The client mostly sees to that itself. But it waits without looking at the
// context for a connection that another caller is making, and for room in a
// full pipeline. Both happen only while a server hangs or is away. So from a
// question without an answer to the next answer, questions wait on a goroutine
// of their own, and are left behind there; the client's timeouts end them.
func (s *Store) ask(ctx context.Context, send func() rueidis.RedisResult) rueidis.RedisResult {
	if err := ctx.Err(); err != nil {
		return rueidis.NewErrorResult(err)
	}
	if s.hung.Load() == 0 {
		return s.note(send())
	}
	answer := make(chan rueidis.RedisResult, 1)
	go func() { answer <- s.note(send()) }()
	select {
	case r := <-answer:
		return r
	case <-ctx.Done():
		return rueidis.NewErrorResult(ctx.Err())
	}
}

// note remembers when a server last gave no answer.
func (s *Store) note(r rueidis.RedisResult) rueidis.RedisResult {
	if r.NonRedisError() != nil {
		s.hung.Store(time.Now().UnixNano())
	} else if at := s.hung.Load(); at != 0 && (!s.nodes || time.Since(time.Unix(0, at)) > wary) {
		s.hung.CompareAndSwap(at, 0)
	}
	return r
}

// refusal is the error of a question without an outcome: what the server said
// instead, or that it wasn't reached, or its answer wasn't.
func refusal(ctx context.Context, err error) error {
	if answer, ok := rueidis.IsRedisErr(err); ok {
		return redislayout.Layout{Store: name}.Refusal(answer.Error())
	}
	// Callers that wait for one connection share the error of the one that
	// makes it, and that one's context may have ended where ours has not.
	if ctx.Err() == nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return errors.New("redisstore: the server was not reached in time")
	}
	return fmt.Errorf("redisstore: no answer: %w", err)
}
