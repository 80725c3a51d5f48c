package open

import (
	"io"
	"net/url"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/redisstore"
)

// openRedis connects. Lives are whole seconds in Flask's layout, as Flask's
// are.
func openRedis(u *url.URL, layout dewar.Layout) (dewar.Store, io.Closer, error) {
	if hosts := strings.Split(u.Host, ","); len(hosts) > 1 && strings.Contains(u.Host, "[") {
		more, query := *u, u.Query() // redisstore reads by net/url
		query["addr"] = append(query["addr"], hosts[1:]...)
		more.Host, more.RawQuery = hosts[0], query.Encode()
		u = &more
	}
	st, closer, err := redisstore.Open(u.String(), redisstore.Options{WholeSeconds: layout == dewar.FlaskLayout})
	if err != nil {
		return nil, nil, err // not a nil *Store in a Store
	}
	return st, closer, nil
}
