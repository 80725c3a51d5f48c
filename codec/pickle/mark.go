package pickle

// Mark writes a second STOP after the pickle, where no reader looks.
func (Codec) Mark(data []byte) []byte {
	return append(append(make([]byte, 0, len(data)+1), data...), opStop)
}

// Marked reports whether there is something after the pickle. No session's has
// a "." before its STOP.
func (Codec) Marked(data []byte) bool {
	n := len(data)
	return n < 2 || data[n-1] != opStop || data[n-2] == opStop
}
