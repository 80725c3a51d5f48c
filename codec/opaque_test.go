package codec_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
)

// Raw can be code to Python, so nothing that a client sent becomes an Opaque.
func TestNoInputBecomesOpaque(t *testing.T) {
	type form struct {
		Name  string
		Value codec.Opaque
		Any   *codec.Opaque
	}
	type plain struct{ Kind, Raw []byte }
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(struct{ Value plain }{plain{[]byte("x"), []byte("x")}}); err != nil {
		t.Fatal(err)
	}
	var v form
	for name, err := range map[string]error{
		"json":             json.Unmarshal([]byte(`{"Value": {"Kind": "os.system", "Raw": "AAAA"}}`), &v),
		"json, by pointer": json.Unmarshal([]byte(`{"Any": {"Kind": "os.system", "Raw": "AAAA"}}`), &v),
		"json, text":       json.Unmarshal([]byte(`{"Value": "AAAA"}`), &v),
		"xml":              xml.Unmarshal([]byte(`<form><Value><Kind>os.system</Kind><Raw>AAAA</Raw></Value></form>`), &v),
		"gob":              gob.NewDecoder(&b).Decode(&v),
		"text":             v.Value.UnmarshalText([]byte("AAAA")),
		"binary":           v.Value.UnmarshalBinary([]byte("AAAA")),
		"gob itself":       v.Value.GobDecode([]byte("AAAA")),
		"a map":            codec.Assign(&v, map[string]any{"Value": map[string]any{"Kind": "os.system", "Raw": []byte("x")}}),
	} {
		if err == nil || v.Value.Raw != nil || v.Value.Kind != "" || v.Any != nil && v.Any.Raw != nil {
			t.Errorf("%s: got %+v, %v", name, v, err)
		}
		if name != "gob" && name != "a map" && (err == nil || !strings.Contains(err.Error(), "an Opaque comes from a session only")) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := json.Unmarshal([]byte(`{"Name": "x", "Value": null, "Any": null}`), &v); err != nil || v.Name != "x" {
		t.Errorf("null: %v", err)
	}
	if err := codec.Assign(&v, map[string]any{"Value": codec.Opaque{Kind: "set", Raw: []byte("x")}}); err != nil || v.Value.Kind != "set" {
		t.Errorf("one of a session: %v", err)
	}
}
