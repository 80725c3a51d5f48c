package pickle

var IsDecimal = isDecimal

// HasObjects says whether something of an unknown class is made on the way to
// what data is a pickle of, though it may not be part of that.
func HasObjects(data []byte) bool {
	m := machine{data: data}
	_, err := m.pickle()
	return err == nil && m.objects
}
