package open

import (
	"io"
	"net/url"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/redisstore"
)

// openRedis connects. Lives are whole seconds in Flask's layout, as Flask's
// are.
func openRedis(u *url.URL, layout dewar.Layout) (dewar.Store, io.Closer, error) {
	st, closer, err := redisstore.Open(u.String(), redisstore.Options{WholeSeconds: layout == dewar.FlaskLayout})
	if err != nil {
		return nil, nil, err // not a nil *Store in a Store
	}
	return st, closer, nil
}
