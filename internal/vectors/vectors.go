// Package vectors reads what real Flask and Flask-Session were recorded to do
// (testdata/flask_cookie.json and flask_session.json), for tests.
package vectors

import (
	"encoding/json"
	"os"
)

// A File is one recording. Its parts are described under "meta" in the file
// itself.
type File struct {
	Meta struct {
		Versions  map[string]string `json:"versions"`
		FrozenNow int64             `json:"frozen_now"`
	} `json:"meta"`
	Cases      []Case      `json:"cases"`
	DumpErrors []DumpError `json:"dump_errors"`
	Exchanges  []Exchange  `json:"exchanges"`
}

// A Case is a cookie's value with what Flask reads from it. A "roundtrip" began
// with a session that Flask wrote; a "load" is a cookie made by hand.
type Case struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`   // "roundtrip" or "load"
	Note   string `json:"note"`   // what is special about it, or ""
	Policy string `json:"policy"` // why a port may differ here, or ""

	Keys
	Salt          string `json:"salt"`
	KeyDerivation string `json:"key_derivation"`
	Digest        string `json:"digest"`

	// Of a roundtrip.
	Timestamp           int64          `json:"timestamp"`
	Session             Typed          `json:"session"` // what was saved
	JSON                string         `json:"json"`    // the payload, inflated
	ZlibLen             int            `json:"zlib_len"`
	Compressed          bool           `json:"compressed"`
	Load                Outcome        `json:"load"`
	Loaded              Typed          `json:"loaded"`   // what came back
	Lossless            bool           `json:"lossless"` // Loaded is Session
	CustomTag           string         `json:"custom_tag"`
	JSONProviderOptions map[string]any `json:"json_provider_options"`

	// The cookie's value; "" where only the header below was sent.
	Cookie string `json:"cookie"`

	// Of a load. They are next to the outcome, not in Load, as there is no other cookie.
	Outcome         string   `json:"outcome"`
	Value           Typed    `json:"value"` // the session, unless Outcome is "error"
	Now             int64    `json:"now"`
	MaxAge          int64    `json:"max_age"`
	HTTPStatus      int      `json:"http_status"`
	SetCookie       []string `json:"set_cookie"`
	Exception       string   `json:"exception"`
	Cause           string   `json:"cause"`
	FallbacksString string   `json:"fallbacks_string"`
	CookieHeader    string   `json:"cookie_header"`
	CookieHeaderHex string   `json:"cookie_header_hex"` // its bytes, where they aren't UTF-8
	ParsedCookie    *string  `json:"parsed_cookie"`     // nil: Flask found no cookie of that name
}

// An Outcome is what Flask did with a roundtrip's cookie.
type Outcome struct {
	Now        int64    `json:"now"`
	MaxAge     int64    `json:"max_age"`
	HTTPStatus int      `json:"http_status"`
	Outcome    string   `json:"outcome"` // "ok", "none", "reject" or "error"
	SetCookie  []string `json:"set_cookie"`
}

// Keys are a SECRET_KEY and its SECRET_KEY_FALLBACKS.
type Keys struct {
	SecretKey Hex   `json:"secret_key_hex"`
	Fallbacks []Hex `json:"fallbacks_hex"`
}

// A DumpError is a session that Flask refuses to save.
type DumpError struct {
	Name      string `json:"name"`
	Session   Typed  `json:"session"`
	Exception string `json:"exception"`
	Message   string `json:"message"`
}

// An Exchange is one request and what Flask answered. Actions, hooks and
// results are lists whose form depends on the verb they begin with.
type Exchange struct {
	Name string `json:"name"`
	Note string `json:"note"`
	Now  int64  `json:"now"`
	Keys
	Config  map[string]json.RawMessage `json:"config"`
	Request struct {
		Method       string  `json:"method"`
		Path         string  `json:"path"`
		CookieHeader *string `json:"cookie_header"` // nil: none was sent
		Session      *Typed  `json:"session"`       // what the cookie holds, if it does
	} `json:"request"`
	Actions     []json.RawMessage            `json:"actions"`
	Hooks       map[string][]json.RawMessage `json:"hooks"`
	Status      int                          `json:"status"`
	SetCookie   []string                     `json:"set_cookie"`
	Vary        []string                     `json:"vary"`
	Results     map[string]json.RawMessage   `json:"results"`
	FlagsAtSave []struct {
		Accessed bool `json:"accessed"`
		Modified bool `json:"modified"`
	} `json:"flags_at_save"`
	SavedSession *Typed   `json:"saved_session"` // nil: nothing was saved
	Warnings     []string `json:"warnings"`
}

// Load reads the recording at path.
func Load(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f File
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, err
	}
	return &f, nil
}
