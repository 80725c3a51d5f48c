package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/sniff"
)

// An about is what may be said of a session to anybody. Its nil fields are
// unknown.
type about struct {
	Ref    string `json:"ref"`
	Size   *int   `json:"size"` // bytes
	Left   *int64 `json:"left"` // seconds
	Format string `json:"format"`
}

func (a about) String() string {
	return fmt.Sprintf("%s %s", a.Ref, a.words())
}

// words are all but the ref.
func (a about) words() string {
	size, left := "unknown", "unknown"
	if a.Size != nil {
		size = fmt.Sprint(*a.Size)
	}
	if a.Left != nil {
		left = fmt.Sprintf("%ds", *a.Left)
	}
	return fmt.Sprintf("size=%s left=%s format=%s", size, left, a.Format)
}

func (a about) json() string {
	b, err := json.Marshal(a)
	if err != nil {
		panic(err) // texts and numbers
	}
	return string(b)
}

// describe loads a listed session to see its format. It is dewar.ErrNotFound
// if it has ended.
func (s shelf) describe(ctx context.Context, item dewar.Listed) (about, error) {
	loaded, err := s.Store.Load(ctx, item.Key)
	if errors.Is(err, dewar.ErrUndecodable) {
		return aboutItem(item, sniff.Unknown.String()), nil
	}
	if err != nil {
		return about{}, err
	}
	return aboutItem(item, s.formatOf(loaded.Data)), nil
}

func aboutItem(item dewar.Listed, format string) about {
	a := about{Ref: refOf(item.Key), Format: format}
	if item.Size >= 0 {
		a.Size = &item.Size
	}
	if item.Left > 0 {
		left := int64(item.Left / time.Second)
		a.Left = &left
	}
	return a
}

// formatOf says what form a record is in. Flask's layout is read by its first
// bytes; the native one is always in the one that the store's URL says, or it
// can't be read.
func (s shelf) formatOf(data []byte) string {
	if s.Layout == dewar.FlaskLayout {
		return sniff.Of(data).String()
	}
	if _, _, err := s.sessions.Read(data); err != nil {
		return sniff.Unknown.String()
	}
	return s.Format
}
