package open

import (
	"context"
	"io"
	"net/url"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/mongostore"
)

// openMongo connects. In Flask's layout the collection is one that
// Flask-Session may write to.
func openMongo(u *url.URL, layout dewar.Layout) (dewar.Store, io.Closer, error) {
	st, closer, err := mongostore.Open(context.Background(), u.String(), mongostore.Options{Shared: layout == dewar.FlaskLayout})
	if err != nil {
		return nil, nil, err // not a nil *Store in a Store
	}
	return st, closer, nil
}
