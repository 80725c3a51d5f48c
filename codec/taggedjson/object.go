package taggedjson

import (
	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/jsontext"
)

// A dict is an object with its keys in order, as every Python dict has them. It
// stands for a map only inside a tag that depends on the order.
type dict struct {
	keys []string
	m    map[string]any
}

// An object is being decoded. Its map is made with its second key: nearly all
// objects of one key are tags, which need none.
type object struct {
	some   bool
	key    string
	value  any
	loose  bool // value may hold dicts
	m      map[string]any
	keys   []string // with m, if the order is kept
	inside bool     // the order is kept
}

func (d *decoder) decodeObject(start, depth int) (any, int, error) {
	o := object{inside: d.ordered}
	i, done := d.First(start, '}')
	for !done {
		end, err := d.decodeMember(&o, i, depth)
		if err != nil {
			return nil, 0, err
		}
		if i, done, err = d.More(end, '}'); err != nil {
			return nil, 0, err
		}
	}
	v, err := d.finish(&o, start)
	return v, i, err
}

func (d *decoder) decodeMember(o *object, i, depth int) (int, error) {
	at, keyEnd, _, err := d.Keyed(i)
	if err != nil {
		return 0, err
	}
	key := d.key(d.Data[i:keyEnd])
	loose := !d.ordered && at < len(d.Data) && wantsOrder(key, d.Data[at])
	d.ordered = d.ordered || loose
	v, end, err := d.decode(at, depth)
	d.ordered = d.ordered && !loose
	if err != nil {
		return 0, err
	}
	o.put(key, v, loose)
	return end, nil
}

// key spares the copies of the keys that come most often.
func (d *decoder) key(token []byte) string {
	switch string(token) {
	case `" t"`:
		return tagTuple
	case `" b"`:
		return tagBytes
	case `" m"`:
		return tagMarkup
	case `" u"`:
		return tagUUID
	case `" d"`:
		return tagDateTime
	}
	return jsontext.Unquoted(token)
}

// wantsOrder says whether a value that begins with c and is tagged with key may
// depend on the order of its keys: a tuple of a dict is its keys, a Markup of
// one its repr, and " di" takes the first key.
func wantsOrder(key string, c byte) bool {
	switch key {
	case tagDict, tagTuple:
		return c == '{'
	case tagMarkup:
		return c == '{' || c == '['
	}
	return false
}

// put stores a value, in the place of an earlier one with the same key.
func (o *object) put(key string, v any, loose bool) {
	if o.m == nil && (!o.some || o.key == key) {
		o.some, o.key, o.value, o.loose = true, key, v, loose
		return
	}
	if o.m == nil {
		if o.loose {
			o.value = settled(o.value)
		}
		o.m = map[string]any{o.key: o.value}
		if o.inside {
			o.keys = []string{o.key}
		}
	}
	if loose {
		v = settled(v)
	}
	if o.inside {
		if _, ok := o.m[key]; !ok {
			o.keys = append(o.keys, key)
		}
	}
	o.m[key] = v
}

// whole returns the object as a map, or as a dict where the order is kept.
func (o *object) whole() any {
	if o.m == nil {
		o.m = map[string]any{}
		if o.some {
			if o.loose {
				o.value = settled(o.value)
			}
			o.m[o.key] = o.value
			if o.inside {
				o.keys = []string{o.key}
			}
		}
	}
	if o.inside {
		return dict{o.keys, o.m}
	}
	return o.m
}

// finish untags the object if it is a tag.
func (d *decoder) finish(o *object, offset int) (any, error) {
	if !o.some || o.m != nil || !d.codec.isTag(o.key) {
		return o.whole(), nil
	}
	v, ok := d.untag(o.key, o.value)
	switch {
	case d.printed > maxPrinted:
		return nil, beyondLimit(offset)
	case !ok:
		return nil, malformed(offset)
	}
	if o.loose {
		v = settled(v)
	}
	return v, nil
}

// settled makes maps of the dicts in v, in place.
func settled(v any) any {
	switch v := v.(type) {
	case []any:
		settleList(v)
	case codec.Tuple:
		settleList(v)
	case dict:
		for k, e := range v.m {
			v.m[k] = settled(e)
		}
		return v.m
	}
	return v
}

func settleList(v []any) {
	for i, e := range v {
		v[i] = settled(e)
	}
}
