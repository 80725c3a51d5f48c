package vectors

import (
	"encoding/json"
	"os"
)

// A StoreFile is what real Flask-Session was recorded to do
// (testdata/flask_session.json).
type StoreFile struct {
	About     string                       `json:"about"`
	SecretKey string                       `json:"secret_key"`
	Stacks    map[string]map[string]string `json:"stacks"` // the versions of each
	Cases     []StoreCase                  `json:"cases"`
}

// A StoreCase is a configuration and what happened to one store under it.
type StoreCase struct {
	ID      string                     `json:"id"` // stack/backend/name
	Stack   string                     `json:"stack"`
	Version string                     `json:"version"` // of Flask-Session
	Backend string                     `json:"backend"`
	Note    string                     `json:"note"`
	Config  map[string]json.RawMessage `json:"config"`
	Steps   []StoreStep                `json:"steps"`
}

// A StoreStep is one request, or something that was put into the store.
type StoreStep struct {
	Preload *Stored `json:"preload"` // nil: it is a request

	Now       int64             `json:"now"`
	OneSecond bool              `json:"one_second"` // the whole request ran in that second
	Cookie    *string           `json:"cookie"`     // the header; nil: none was sent
	Ops       []json.RawMessage `json:"ops"`        // what the view did: lists that begin with a verb
	Status    int               `json:"status"`
	SetCookie []string          `json:"set_cookie"`
	Vary      *string           `json:"vary"`
	Errors    []string          `json:"errors"`
	AfterView *Value            `json:"session_after_view"`       // nil: the view wasn't reached
	Store     []Stored          `json:"store"`                    // all that was there afterwards
	Documents [][]byte          `json:"documents_bson_no_id_b64"` // the same in MongoDB: BSON without _id
	Wire      []Wire            `json:"wire"`                     // what went to the server and came back
}

// A Wire is what was sent at once.
type Wire struct {
	Dir   string `json:"dir"` // ">": to the server
	Bytes []byte `json:"b64"`
}

// Sent is the last that a step sent to the server.
func (s *StoreStep) Sent() (last []byte) {
	for _, w := range s.Wire {
		if w.Dir == ">" {
			last = w.Bytes
		}
	}
	return last
}

// A Stored is a record at rest, of a store that has keys.
type Stored struct {
	Key    string `json:"key"`
	TTL    int64  `json:"ttl"`       // seconds
	Bytes  []byte `json:"bytes_b64"` // nil where there is only a Head
	Head   []byte `json:"head_b64"`
	Len    int    `json:"len"`
	SHA256 string `json:"sha256"`

	File    string `json:"file"`    // of a store of files: its name
	Mode    string `json:"mode"`    // as Python writes an octal number
	Expires int64  `json:"expires"` // unix seconds
	Role    string `json:"role"`    // "count": no session, but how many there are
}

// LoadStore reads the recording at path.
func LoadStore(path string) (*StoreFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f StoreFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, err
	}
	return &f, nil
}

// Setting returns the text that the configuration has for key, or "".
func (c *StoreCase) Setting(key string) string {
	var text string
	if json.Unmarshal(c.Config[key], &text) != nil {
		return ""
	}
	return text
}
