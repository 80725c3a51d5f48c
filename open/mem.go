package open

import (
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// openMem makes a new store, empty and this caller's alone.
func openMem(u *url.URL, _ dewar.Layout) (dewar.Store, io.Closer, error) {
	for name := range u.Query() {
		return nil, nil, fmt.Errorf("open: the URL has an unknown setting %q", name)
	}
	if u.Opaque != "" || u.Host != "" || u.Path != "" || u.User != nil {
		return nil, nil, errors.New("open: mem: has neither host nor path")
	}
	return memstore.New(memstore.Options{}), nothing{}, nil
}

// nothing is what there is to close about memory.
type nothing struct{}

func (nothing) Close() error { return nil }
