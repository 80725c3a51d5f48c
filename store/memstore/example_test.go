package memstore_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// Two load the same item. The first to update wins; the second is told, and
// loads again.
func ExampleStore_Update() {
	ctx, st := context.Background(), new(memstore.Store)
	ours, _ := st.Create(ctx, "k", []byte("1"), time.Hour)
	theirs, _ := st.Load(ctx, "k")

	_, err := st.Update(ctx, "k", theirs, []byte("2"), time.Hour)
	fmt.Println(err)
	_, err = st.Update(ctx, "k", ours, []byte("2"), time.Hour)
	fmt.Println(errors.Is(err, dewar.ErrConflict))
	// Output:
	// <nil>
	// true
}
