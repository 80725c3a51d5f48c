package msgpack

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/dewar-go/dewar/codec/internal/fault"
)

// timestamp is the type of the one extension that has a meaning (MessagePack
// specification, Timestamp extension type): -1.
const timestamp = 0xFF

// toTime reads the body of a timestamp. It is false for what msgspec refuses:
// other lengths, a second or more of nanoseconds, years that Python hasn't.
func toTime(body []byte) (time.Time, bool) {
	var sec int64
	var nsec uint32
	switch len(body) {
	case 4:
		sec = int64(binary.BigEndian.Uint32(body))
	case 8:
		both := binary.BigEndian.Uint64(body)
		sec, nsec = int64(both&(1<<34-1)), uint32(both>>34)
	case 12:
		nsec = binary.BigEndian.Uint32(body)
		sec = int64(binary.BigEndian.Uint64(body[4:]))
	default:
		return time.Time{}, false
	}
	if nsec > 999999999 || !inYears(sec, int(nsec)) {
		return time.Time{}, false
	}
	return time.Unix(sec, int64(nsec)).UTC(), true
}

// The seconds in which Python's years 1 to 9999 begin and end.
const (
	minSecond = -62135596800
	maxSecond = 253402300799
)

// inYears says whether Python has the year of that time, once it has rounded it
// to its microseconds.
func inYears(sec int64, nsec int) bool {
	return sec >= minSecond && sec <= maxSecond && (sec < maxSecond || nsec < 999999500)
}

// appendTime appends the shortest of the three forms.
func appendTime(dst []byte, t time.Time) ([]byte, error) {
	sec, nsec := t.Unix(), t.Nanosecond()
	if !inYears(sec, nsec) {
		return nil, fault.Unfit(t, "its year isn't one of 1 to 9999 in UTC")
	}
	switch {
	case sec>>34 != 0:
		dst = binary.BigEndian.AppendUint32(append(dst, 0xC7, 12, timestamp), uint32(nsec))
		return binary.BigEndian.AppendUint64(dst, uint64(sec)), nil
	case nsec != 0 || sec > math.MaxUint32:
		return binary.BigEndian.AppendUint64(append(dst, 0xD7, timestamp), uint64(nsec)<<34|uint64(sec)), nil
	}
	return binary.BigEndian.AppendUint32(append(dst, 0xD6, timestamp), uint32(sec)), nil
}
