package open_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/open"
)

// What one opens is kept where the other finds it, by any spelling of the
// folder.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	o := mustOpen(t, "file://"+dir+"/a%20b?mode=640&threshold=10&sync=true&prefix=x:")
	if o.Prefix != "x:" || o.Format != "tagged" || o.Layout != dewar.NativeLayout {
		t.Errorf("got %+v", o)
	}
	if _, err := o.Store.Create(t.Context(), "x:k", []byte("data"), time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"file:a%20b", "file:" + dir + "/a%20b", "file://localhost" + dir + "/a%20b?mode=0640"} {
		if item, err := mustOpen(t, url).Store.Load(t.Context(), "x:k"); err != nil || string(item.Data) != "data" {
			t.Errorf("%s: got %q, %v", url, item.Data, err)
		}
	}
	files, err := os.ReadDir("a b")
	if err != nil || len(files) != 2 {
		t.Fatalf("%d files, want the session and the count; %v", len(files), err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
}

// In Flask's layout files hold pickles.
func TestFlaskFiles(t *testing.T) {
	o := mustOpen(t, "file://"+t.TempDir()+"?layout=flask")
	if o.Prefix != "session:" || o.Format != "pickle" || o.Layout != dewar.FlaskLayout {
		t.Errorf("got %+v", o)
	}
	data, err := o.Codec.Join(nil, nil)
	if err != nil || string(data) != "\x80\x04}\x94." {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestFileRefusals(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tt := range []struct{ url, want string }{
		{"file:", "open: file: needs a folder: file:///folder"},
		{"file:%zz", "open: file: needs a folder: file:///folder"},
		{"file://host/x", "open: file: names a folder of this machine: file:///folder"},
		{"file://u:s3cr3t@/x", "open: file: names a folder of this machine: file:///folder"},
		{"file:x?mode=0800", "open: mode is not octal rights that the owner can read and write by, as 0600"},
		{"file:x?mode=0400", "open: mode is not octal rights that the owner can read and write by, as 0600"},
		{"file:x?mode=4600", "open: mode is not octal rights that the owner can read and write by, as 0600"},
		{"file:x?threshold=-1", "open: threshold is not a number of files"},
		{"file:x?threshold=many", "open: threshold is not a number of files"},
		{"file:x?sync=perhaps", "open: sync is neither true nor false"},
		{"file:x?treshold=1", `open: the URL has an unknown setting "treshold"`},
		{"file:x?mode=600&mode=600", `open: the setting "mode" stands in the URL more than once`},
		{"file:x?layout=flask&format=msgpack", "open: Flask-Session's files hold pickles: format=pickle, or none"},
	} {
		o, err := open.Open(t.Context(), tt.url)
		if o != nil || err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.url, err, tt.want)
		}
	}
	if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
		t.Errorf("what was refused has made %d folders, %v", len(left), err)
	}
}

// A tool finds what is there, and makes neither a folder nor a file.
func TestExisting(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, url := range []string{"file:typo", "file://" + dir + "/typo?threshold=5", "sqlite:///typo.db", "sqlite:///" + dir + "/typo.db"} {
		if o, err := open.Existing(t.Context(), url); o != nil || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want %v", url, err, fs.ErrNotExist)
		}
	}
	if made, err := os.ReadDir("."); err != nil || len(made) > 0 {
		t.Errorf("made %v, %v", made, err)
	}
	if _, err := open.Existing(t.Context(), "sqlite://s3cr3t/x"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got %v", err)
	}
	if err := errors.Join(os.Mkdir("s", 0o700), os.WriteFile("s.db", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"mem:", "file:s", "sqlite:///s.db"} {
		o, err := open.Existing(t.Context(), url)
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		t.Cleanup(func() { _ = o.Close() })
	}
	if made, err := os.ReadDir("."); err != nil || len(made) != 2 {
		t.Errorf("made %v, %v", made, err)
	}
}
