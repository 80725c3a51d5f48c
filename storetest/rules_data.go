package storetest

import (
	"bytes"
	"strings"

	"github.com/dewar-go/dewar"
)

// mebibyte is what an item can have if the harness sets no limit.
const mebibyte = 1 << 20

// most gives the most bytes that an item of this store can have.
func (r *room) most() int {
	if r.h.MaxData > 0 {
		return r.h.MaxData
	}
	return mebibyte
}

// everyByte gives all 256 bytes, and some that mean something to protocols.
func everyByte() string {
	var b strings.Builder
	for i := range 256 {
		b.WriteByte(byte(i))
	}
	return b.String() + "\r\nEND\r\n$-1\r\n'; --\\x00\\'\x00\xff\xfe"
}

func dataRules() []rule {
	return []rule{
		{name: "data/empty", sentence: "data may be empty, and nil is empty", check: func(r *room) {
			a, b := r.key("nil"), r.key("empty")
			for key, data := range map[string][]byte{a: nil, b: {}} {
				_, err := r.st.Create(r.ctx, key, data, long)
				r.needed("create of no bytes", err)
				r.holds(key, "")
			}
			it, err := r.st.Update(r.ctx, a, r.load(a), nil, long)
			r.needed("update to no bytes", err)
			r.holds(a, "")
			r.update(a, it, "x", long)
		}},
		{name: "data/one-byte", sentence: "one byte comes back as it went in, whichever it is", check: func(r *room) {
			k := r.key("k")
			it := r.create(k, "x", long)
			for _, b := range []byte{0, '\t', '\n', '\r', ' ', '0', '"', '\'', '\\', 0x7f, 0x80, 0xff} {
				it = r.update(k, it, string([]byte{b}), long)
				r.holds(k, string([]byte{b}))
			}
		}},
		{name: "data/every-byte", sentence: "all bytes come back as they went in, in any place", check: func(r *room) {
			k := r.key("k")
			it := r.create(k, everyByte(), long)
			r.holds(k, everyByte())
			r.update(k, it, everyByte()+everyByte(), long)
			r.holds(k, everyByte()+everyByte())
		}},
		{name: "data/large", sentence: "1 MiB, or what the store admits, is kept whole, and compared whole", check: func(r *room) {
			k := r.key("k")
			data := bytes.Repeat([]byte(everyByte()), r.most()/len(everyByte())+1)[:r.most()]
			old := r.create(k, string(data), long)
			r.holds(k, string(data))
			data[len(data)-1]++
			r.update(k, r.load(k), string(data), long)
			r.holds(k, string(data))
			_, err := r.st.Update(r.ctx, k, old, []byte("x"), long)
			r.gives("update of one whose last byte differs", err, dewar.ErrConflict)
		}},
		{name: "data/too-large", sentence: "data beyond what the store can hold is refused and leaves things as they were, never cut", check: func(r *room) {
			k, other := r.key("k"), r.key("other")
			data := strings.Repeat("x", r.most()+r.most()/16+1)
			old := r.create(k, "small", long)
			if it, err := r.st.Update(r.ctx, k, old, []byte(data), long); err == nil {
				r.holds(k, data)
				r.update(k, it, "small", long)
			} else {
				r.refused("update", err)
				r.holds(k, "small")
			}
			if _, err := r.st.Create(r.ctx, other, []byte(data), long); err == nil {
				r.holds(other, data)
			} else {
				r.refused("create", err)
				r.absent(other)
			}
		}},
	}
}
