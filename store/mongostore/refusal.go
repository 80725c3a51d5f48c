package mongostore

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/mongo"
)

// A refused is an error of the server's. What the server said stays out of the
// text, since it may quote a key: E11000 does. errors.As finds it.
type refused struct {
	text  string
	cause error
}

func (r *refused) Error() string { return r.text }
func (r *refused) Unwrap() error { return r.cause }

// refusal is the error of a command without an outcome: what the server said
// instead, or that it wasn't reached, or its answer wasn't.
func refusal(ctx context.Context, err error) error {
	var command mongo.CommandError
	var write mongo.WriteException
	switch {
	case mongo.IsNetworkError(err) || mongo.IsTimeout(err):
	case errors.As(err, &command):
		return &refused{fmt.Sprintf("mongostore: the server answered %d %s", command.Code, command.Name), err}
	case errors.As(err, &write) && write.WriteConcernError != nil:
		return &refused{fmt.Sprintf("mongostore: no majority has confirmed: the server answered %d %s", write.WriteConcernError.Code, write.WriteConcernError.Name), err}
	case errors.As(err, &write) && len(write.WriteErrors) > 0:
		return &refused{fmt.Sprintf("mongostore: the server answered %d", write.WriteErrors[0].Code), err}
	}
	// A connection that breaks has the driver cancel others that are being made,
	// and whoever waited for one hasn't cancelled anything.
	if ctx.Err() == nil && errors.Is(err, context.Canceled) {
		return errors.New("mongostore: no answer: the driver gave the connection up")
	}
	return fmt.Errorf("mongostore: no answer: %w", err)
}
