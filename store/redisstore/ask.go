package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/redis/rueidis"
)

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
	if !s.hung.Load() {
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

// note remembers whether the server answered.
func (s *Store) note(r rueidis.RedisResult) rueidis.RedisResult {
	if hung := r.NonRedisError() != nil; hung != s.hung.Load() {
		s.hung.Store(hung)
	}
	return r
}

// refusal is the error of a server that gave no outcome. Of what the server
// said it carries the first word alone, as READONLY or LOADING: the rest may
// quote the command, and with it a key.
func refusal(ctx context.Context, err error) error {
	if answer, ok := rueidis.IsRedisErr(err); ok {
		code, _, _ := strings.Cut(answer.Error(), " ")
		if code == "WRONGTYPE" {
			return fmt.Errorf("redisstore: the key holds another type than a string: %w", dewar.ErrUndecodable)
		}
		if code == "" || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			code = "ERR" // rueidis leaves this word out
		}
		return fmt.Errorf("redisstore: the server answered %s", code)
	}
	// Callers that wait for one connection share the error of the one that
	// makes it, and that one's context may have ended where ours has not.
	if ctx.Err() == nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return errors.New("redisstore: the server was not reached in time")
	}
	return fmt.Errorf("redisstore: no answer: %w", err)
}
