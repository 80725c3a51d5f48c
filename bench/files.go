package bench

import (
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/store/filestore"
	"github.com/gorilla/sessions"
)

// FileRows returns the same kinds of requests on files, in folders of their own
// on one disk.
func FileRows(tb testing.TB) []Row {
	asFlask := flask.Stored(fileStore(tb))
	asFlask.Backend.(*dewar.InStore).Codec = sniff.New(pickle.Codec{})
	peer := sessions.NewFilesystemStore(tb.TempDir(), []byte(key))
	peer.MaxLength(0) // its default refuses 2 KB once they are encoded and signed
	return storeRows("files", []Contender{
		baseline(), storedOurs(tb, "native", dewar.Stored(fileStore(tb))), storedOurs(tb, "flask", asFlask), gorilla("gorilla", peer),
	})
}

func fileStore(tb testing.TB) *filestore.Store {
	tb.Helper()
	st, err := filestore.New(tb.TempDir()+"/sessions", filestore.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return st
}
