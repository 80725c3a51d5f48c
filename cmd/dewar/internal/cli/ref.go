package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
)

// refOf is what stands for a key where others may read it.
func refOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}

var refShape = regexp.MustCompile(`^[0-9a-f]{16}$`)

// checkRefs doesn't repeat what is no ref: it may be an id.
func checkRefs(args []string) error {
	if len(args) == 1 && args[0] == "-" {
		return nil
	}
	for _, arg := range args {
		if !refShape.MatchString(arg) {
			return misuse("a REF is 16 hex digits, as ls prints them; an id is read from stdin, for -")
		}
	}
	return nil
}

// list yields the sessions: all that lies under the prefix (in a store of files,
// all there are), but for the links that lead from previous ids.
func (s shelf) list(ctx context.Context) iter.Seq2[dewar.Listed, error] {
	return func(yield func(dewar.Listed, error) bool) {
		for item, err := range dewar.List(ctx, s.Store, s.Prefix) {
			if err == nil && s.sessions.IsLink(item.Key) {
				continue
			}
			if !yield(item, refuseStore(err)) || err != nil {
				return
			}
		}
	}
}

// keys returns what the arguments stand for, and the refs among them that no
// session has. It reads the store to the end only if there are such.
func (s shelf) keys(ctx context.Context, stdin io.Reader, args []string) (keys, unknown []string, err error) {
	if args[0] == "-" {
		key, err := s.keyFrom(ctx, stdin)
		return []string{key}, nil, err
	}
	unknown = slices.Compact(slices.Sorted(slices.Values(args)))
	for item, err := range s.list(ctx) {
		if err != nil {
			return nil, nil, err
		}
		if i, ok := slices.BinarySearch(unknown, refOf(item.Key)); ok {
			keys = append(keys, item.Key)
			if unknown = slices.Delete(unknown, i, i+1); len(unknown) == 0 {
				break
			}
		}
	}
	return keys, unknown, nil
}

// keyFrom returns the key of the session whose id is on stdin.
func (s shelf) keyFrom(ctx context.Context, stdin io.Reader) (string, error) {
	id, err := valueOf(stdin, "-")
	if err != nil {
		return "", err
	}
	key, err := s.sessions.Find(ctx, id)
	if errors.Is(err, dewar.ErrMalformed) {
		return "", &refusal{"malformed", "not the shape of an id: letters, digits, - and _, without a signature"}
	}
	if err != nil {
		return "", err
	}
	return dewar.Name(s.Store, key), nil // as list has it, so that a session has one ref
}

func refuseRefs(unknown []string) error {
	return &refusal{"unknown", "the store has no such session, or its life is over: " + strings.Join(unknown, " ")}
}
