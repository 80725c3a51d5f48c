package msgpack

// Mark gives the map a longer head than it needs, which no reader minds.
func (Codec) Mark(data []byte) []byte {
	h := headAt(data, 0)
	out := make([]byte, 0, len(data)+4)
	if h.n < 16 {
		out = append(out, 0xDE, 0, byte(h.n))
	} else {
		out = append(out, 0xDF, byte(h.n>>24), byte(h.n>>16), byte(h.n>>8), byte(h.n))
	}
	return append(out, data[h.body:]...)
}

// Marked reports whether the map's head is longer than it needs to be, or the
// longest. Join makes no marked data but of 65536 entries and more.
func (Codec) Marked(data []byte) bool {
	h := headAt(data, 0)
	switch {
	case h.kind != mapping:
		return true
	case h.n < 16:
		return h.body > 1
	}
	return h.body > 3
}
