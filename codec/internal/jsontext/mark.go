package jsontext

// Mark writes a space after the object, which no reader minds.
func Mark(data []byte) []byte {
	return append(append(make([]byte, 0, len(data)+1), data...), ' ')
}

// Marked reports whether something that isn't its end stands after the object.
func Marked(data []byte) bool {
	return len(data) == 0 || data[len(data)-1] != '}'
}
