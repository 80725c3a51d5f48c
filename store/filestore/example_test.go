//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/filestore"
)

// Sessions that survive a restart, with nothing to install.
func Example() {
	top, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(top)
	st, err := filestore.New(filepath.Join(top, "sessions"), filestore.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	sessions, err := dewar.New(dewar.Stored(st)) // then sessions.Wrap(mux)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	s, _ := sessions.Load(ctx, "")
	s.Set("user", "ada")
	answer, _ := sessions.Commit(ctx, s)

	s, _ = sessions.Load(ctx, answer.Value)
	fmt.Println(s.Get("user"))
	// Output: ada
}
