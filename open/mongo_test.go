package open_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
)

// What one opens is kept where the other finds it, in the URL's database and
// collection and nowhere else.
func TestMongo(t *testing.T) {
	at := "mongodb://" + realserver.Mongo(t).Addr
	o := mustOpen(t, at+"/app?collection=s&prefix=x:&retryWrites=false")
	if o.Prefix != "x:" || o.Format != "tagged" || o.Layout != dewar.NativeLayout {
		t.Errorf("got %+v", o)
	}
	if _, err := o.Store.Create(t.Context(), "x:k", []byte("data"), time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		url  string
		want error
	}{
		{"/app?collection=s", nil},
		{"/app?collection=s&layout=flask", nil},
		{"/app", dewar.ErrNotFound},
		{"?collection=s", dewar.ErrNotFound},
	} {
		if item, err := mustOpen(t, at+row.url).Store.Load(t.Context(), "x:k"); !errors.Is(err, row.want) || err == nil && string(item.Data) != "data" {
			t.Errorf("%s: got %q, %v, want %v", row.url, item.Data, err, row.want)
		}
	}
}
