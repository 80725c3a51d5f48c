package taggedjson

import (
	"fmt"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/jsontext"
)

// A Codec reads and writes tagged JSON. The zero value is Flask's
// TaggedJSONSerializer as Flask comes; [New] makes one with tags of its own.
// A Codec is safe for concurrent use if its tags are.
type Codec struct {
	custom []Tag
}

var (
	_ codec.Codec  = Codec{}
	_ codec.Marker = Codec{}
)

// A Tag teaches a Codec one more type, as a subclass of Flask's JSONTag does.
type Tag struct {
	// Name is the key that marks the type on the wire, the same as in Flask.
	// Flask's own are a space and a letter or two, and a name of that kind is
	// unlikely to be a key of somebody's map. It is never empty.
	Name string

	// Encode returns what stands for v on the wire, and false if v isn't of
	// the tag's type. It is asked for every value, before Plain sees it: a
	// pointer as a pointer, a struct as a struct. What it returns is encoded
	// as any value is, tags included.
	Encode func(v any) (inner any, ok bool, err error)

	// Decode returns the value that inner stands for. What is inside inner is
	// decoded already. Its error makes the data malformed; the text of the
	// error is dropped, as it may quote the data.
	Decode func(inner any) (any, error)
}

// New returns a Codec that also knows tags, which are asked in the order given
// and before Flask's own (TaggedJSONSerializer.register with index=0). It
// refuses a tag without a name or a function, and a name that is taken.
func New(tags ...Tag) (Codec, error) {
	var c Codec
	for i, t := range tags {
		switch {
		case t.Name == "":
			return Codec{}, fmt.Errorf("taggedjson: tag %d has no name", i)
		case t.Encode == nil || t.Decode == nil:
			return Codec{}, fmt.Errorf("taggedjson: tag %q must have Encode and Decode", t.Name)
		case c.isTag(t.Name):
			return Codec{}, fmt.Errorf("taggedjson: tag %q is already registered", t.Name)
		}
		c.custom = append(c.custom, t)
	}
	return c, nil
}

// The names of Flask's own tags (flask/json/tag.py, default_tags).
const (
	tagDict     = " di"
	tagTuple    = " t"
	tagBytes    = " b"
	tagMarkup   = " m"
	tagUUID     = " u"
	tagDateTime = " d"
)

// isTag says whether a map whose only key is name reads as something else.
func (c Codec) isTag(name string) bool {
	switch name {
	case tagDict, tagTuple, tagBytes, tagMarkup, tagUUID, tagDateTime:
		return true
	}
	return c.tag(name) != nil
}

// tag returns the custom tag of that name, or nil.
func (c Codec) tag(name string) *Tag {
	for i := range c.custom {
		if c.custom[i].Name == name {
			return &c.custom[i]
		}
	}
	return nil
}

// Mark writes a space after the object.
func (Codec) Mark(data []byte) []byte { return jsontext.Mark(data) }

// Marked reports whether white space stands after the object.
func (Codec) Marked(data []byte) bool { return jsontext.Marked(data) }
