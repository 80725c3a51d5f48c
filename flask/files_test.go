package flask_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/dewar-go/dewar/flask"
)

func TestFiles(t *testing.T) {
	here := t.TempDir()
	t.Chdir(here)
	type config = map[string]any
	for _, tt := range []struct {
		config    config
		dir       string
		threshold int
		mode      fs.FileMode
	}{
		{nil, filepath.Join(here, "flask_session"), 500, 0o600},
		{config{"SESSION_TYPE": "filesystem", "SECRET_KEY": "k", "SESSION_COOKIE_NAME": "s"}, filepath.Join(here, "flask_session"), 500, 0o600},
		{config{"SESSION_TYPE": "FileSystem", "SESSION_FILE_DIR": "/a/b", "SESSION_FILE_THRESHOLD": 0, "SESSION_FILE_MODE": 0o660}, "/a/b", 0, 0o660},
		{config{"SESSION_FILE_DIR": "x", "SESSION_FILE_THRESHOLD": 3.0, "SESSION_FILE_MODE": 416.0}, "x", 3, 0o640},
	} {
		dir, o, err := flask.FilesFromMap(tt.config)
		if err != nil || dir != tt.dir || o.Threshold != tt.threshold || o.Mode != tt.mode || o.Sync || o.Now != nil || o.Dropped != nil {
			t.Errorf("%v: got %s, %+v, %v", tt.config, dir, o, err)
		}
	}
	for name, values := range map[string][]any{
		"SESSION_TYPE":           {"redis", nil, 1},
		"SESSION_FILE_DIR":       {"", nil, 1},
		"SESSION_FILE_THRESHOLD": {-1, 1.5, "500", nil},
		"SESSION_FILE_MODE":      {0, 0o400, 0o1600, -1, "0600", 600}, // 600 is 01130
	} {
		for _, v := range values {
			_, _, err := flask.FilesFromMap(config{name: v})
			if e, ok := errors.AsType[*flask.ConfigError](err); !ok || e.Name != name {
				t.Errorf("%s = %v: got %v", name, v, err)
			}
		}
	}
	t.Setenv("SESSION_FILE_DIR", "/from/env")
	t.Setenv("SESSION_FILE_THRESHOLD", "7")
	if dir, o, err := flask.FilesFromEnv(); err != nil || dir != "/from/env" || o.Threshold != 7 {
		t.Errorf("got %s, %+v, %v", dir, o, err)
	}
}
