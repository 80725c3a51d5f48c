package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/signing"
)

const keysHelp = `Keys, as in Flask, are those of the environment:
  SECRET_KEY            signs, and verifies first; the text as it stands
  SECRET_KEY_FALLBACKS  only verify; a JSON list of texts, the oldest first
--key-file takes the place of the one, and --fallback-key-file, given once for
each key in the same order, of the other: any bytes, all of the file, a line end
too. No flag takes a key itself, for others can read a command line.`

// maxKey is more than anybody's key; a file beyond it is the wrong file.
const maxKey = 1 << 20

// keyFiles are the flags that name files of keys.
type keyFiles struct {
	current   []string // the last one counts, as with any flag
	fallbacks []string // Flask's order
}

func (k *keyFiles) addTo(flags *pflag.FlagSet) {
	flags.StringArrayVar(&k.current, "key-file", nil, "take the key from `FILE`, not from SECRET_KEY")
	flags.StringArrayVar(&k.fallbacks, "fallback-key-file", nil, "take an older key from `FILE`, not from SECRET_KEY_FALLBACKS;\nonce for each, the oldest first")
}

// ring gathers the keys. Short ones are taken, as Flask takes them; no key, and
// an empty one, are a misuse.
func (k *keyFiles) ring(getenv func(string) string) (*signing.Ring, error) {
	current, err := k.currentKey(getenv)
	if err != nil {
		return nil, err
	}
	fallbacks, err := k.fallbackKeys(getenv)
	if err != nil {
		return nil, err
	}
	return signing.NewRing(flask.Keys(current, fallbacks...))
}

func (k *keyFiles) currentKey(getenv func(string) string) ([]byte, error) {
	if n := len(k.current); n > 0 {
		return readKey("--key-file", k.current[n-1])
	}
	if key := getenv("SECRET_KEY"); key != "" {
		return []byte(key), nil
	}
	return nil, misuse("there is no key: set SECRET_KEY in the environment, or name a file with --key-file")
}

func (k *keyFiles) fallbackKeys(getenv func(string) string) (keys [][]byte, err error) {
	if len(k.fallbacks) == 0 {
		return parseFallbacks(getenv("SECRET_KEY_FALLBACKS"))
	}
	for i, path := range k.fallbacks {
		key, err := readKey(fmt.Sprintf("--fallback-key-file %d", i+1), path)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// parseFallbacks reads SECRET_KEY_FALLBACKS; "" and null are none. A text that
// isn't a list is refused: Flask would take each of its letters for a key.
func parseFallbacks(list string) (keys [][]byte, err error) {
	if list == "" {
		return nil, nil
	}
	var texts []string
	// encoding/json reads what isn't UTF-8, and half of a surrogate pair, as U+FFFD,
	// which would be another key.
	if json.Unmarshal([]byte(list), &texts) != nil || slices.ContainsFunc(texts, mangled) {
		return nil, misuse("SECRET_KEY_FALLBACKS isn't a JSON list of texts")
	}
	for i, text := range texts {
		if text == "" {
			return nil, misuse(fmt.Sprintf("SECRET_KEY_FALLBACKS: key %d is empty", i+1))
		}
		keys = append(keys, []byte(text))
	}
	return keys, nil
}

func mangled(text string) bool { return strings.Contains(text, "\uFFFD") }

// readKey returns all bytes of the file at path. Errors name the flag and not
// the path: somebody may have put a key there.
func readKey(flag, path string) ([]byte, error) {
	key, err := readFile(path)
	switch {
	case err != nil:
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err
		}
		return nil, misuse(fmt.Sprintf("%s: %v", flag, err))
	case len(key) == 0:
		return nil, misuse(flag + ": the file is empty")
	case len(key) > maxKey:
		return nil, misuse(fmt.Sprintf("%s: the file has over %d bytes", flag, maxKey))
	}
	return key, nil
}

// readFile reads no more than a byte beyond maxKey.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxKey+1))
}
