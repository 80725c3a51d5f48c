package flask

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/dewar-go/dewar/store/filestore"
)

// FilesFromMap reads the settings of SESSION_TYPE=filesystem that say where the
// files are, for [filestore.New]: SESSION_FILE_DIR (absent: flask_session in the
// current folder), SESSION_FILE_THRESHOLD (absent: 500, 0: any number) and
// SESSION_FILE_MODE (absent: 384, which is 0600). As with Flask-Session, more
// files than the threshold cost live sessions; filestore says so in the log. The
// error has a *ConfigError for each setting that can't be used.
func FilesFromMap(config map[string]any) (dir string, o filestore.Options, err error) {
	r := reader{config: config}
	if kind, ok := config["SESSION_TYPE"]; ok {
		if text, _ := kind.(string); !strings.EqualFold(text, "filesystem") {
			r.bad("SESSION_TYPE", "not filesystem")
		}
	}
	if dir = r.text("SESSION_FILE_DIR", ""); dir == "" {
		here, err := os.Getwd()
		if err != nil {
			r.bad("SESSION_FILE_DIR", "missing, and there is no current folder: %v", err)
		}
		dir = filepath.Join(here, "flask_session")
	}
	o.Threshold = r.whole("SESSION_FILE_THRESHOLD", 500)
	mode := r.whole("SESSION_FILE_MODE", 0o600)
	if mode > 0o777 || mode&0o600 != 0o600 {
		r.bad("SESSION_FILE_MODE", "not rights that the owner can read and write by, as 384")
	}
	o.Mode = fs.FileMode(mode)
	if len(r.errs) > 0 {
		return "", filestore.Options{}, errors.Join(r.errs...)
	}
	return dir, o, nil
}

// FilesFromEnv is FilesFromMap for the environment, as FromEnv reads it.
func FilesFromEnv() (dir string, o filestore.Options, err error) { return FilesFromMap(environ("")) }

// whole reads a number of things.
func (r *reader) whole(name string, absent int) int {
	v, ok := r.config[name]
	if !ok {
		return absent
	}
	n, ok := number(v)
	if !ok || n != math.Trunc(n) || n < 0 || n > math.MaxInt32 {
		r.bad(name, "not a whole number, or less than 0")
		return absent
	}
	return int(n)
}
