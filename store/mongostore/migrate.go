package mongostore

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

var (
	// ErrNoTTL says that the server made no index by which documents vanish when
	// their life is over. The store is as right without: [Store.Purge] then does
	// what the index would have.
	ErrNoTTL = errors.New("mongostore: the server keeps no TTL index")

	// ErrDuplicates says that there are documents with the same id, so that no
	// index can make it unique. Nothing was changed.
	ErrDuplicates = errors.New("mongostore: some documents have the same id, or none")
)

// Migrate makes the indexes that help: one by which the server deletes documents
// whose life is over, Flask-Session's own since 0.7, and in a collection that is
// shared a unique one on id, named "id_1", by which keys are found without a
// look at every document. It may be called again, and by several processes. Only
// it makes indexes; a Store works without any.
//
// ErrDuplicates stops it; with ErrNoTTL all else is done.
func (s *Store) Migrate(ctx context.Context) error {
	if s.shared {
		err := s.index(ctx, "id", options.Index().SetUnique(true))
		if mongo.IsDuplicateKeyError(err) {
			return ErrDuplicates
		} else if err != nil {
			return refusal(ctx, err)
		}
	}
	err := s.index(ctx, "expiration", options.Index().SetExpireAfterSeconds(0))
	var answer mongo.CommandError
	if errors.As(err, &answer) && !mongo.IsNetworkError(err) && !mongo.IsTimeout(err) {
		return fmt.Errorf("%w: %w", ErrNoTTL, refusal(ctx, err))
	} else if err != nil {
		return refusal(ctx, err)
	}
	return nil
}

// index makes an ascending index under the name that drivers give it.
func (s *Store) index(ctx context.Context, field string, o *options.IndexOptionsBuilder) error {
	_, err := s.documents.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: field, Value: 1}}, Options: o.SetName(field + "_1")})
	return err
}
