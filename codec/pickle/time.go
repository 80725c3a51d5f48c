package pickle

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/dewar-go/dewar/codec"
)

// Naive is where a datetime without a time zone is: the clock's reading as if
// in UTC, and written as one without a time zone again. Elsewhere it is UTC.
var Naive = time.FixedZone("naive", 0)

// fits says whether args are what a pickler writes for a class with Python's
// own check on them.
func fits(class string, args []any) bool {
	switch class {
	case "builtins.complex":
		_, ok := at[float64](args, 0)
		_, ok2 := at[float64](args, 1)
		return ok && ok2 && len(args) == 2
	case "decimal.Decimal":
		text, ok := at[string](args, 0)
		return ok && len(args) == 1 && isDecimal(text)
	case "datetime.date":
		b, ok := at[[]byte](args, 0)
		if !ok || len(args) != 1 || len(b) != 4 {
			return false
		}
		_, ok = dayOf(b[0], b[1], b[2], b[3])
		return ok
	case "datetime.timedelta":
		days, ok := at[int64](args, 0)
		seconds, ok2 := at[int64](args, 1)
		micros, ok3 := at[int64](args, 2)
		return ok && ok2 && ok3 && len(args) == 3 && days >= -999999999 && days <= 999999999 &&
			seconds >= 0 && seconds < 86400 && micros >= 0 && micros < 1000000
	case "datetime.timezone":
		return isZone(args)
	case "datetime.time":
		b, ok := at[[]byte](args, 0)
		return ok && len(b) == 6 && isClock(b[0]&0x7F, b[1:]) && zoneOrNone(args)
	}
	b, ok := at[[]byte](args, 0)
	if !ok || len(b) != 10 || !isClock(b[4], b[5:]) || !zoneOrNone(args) {
		return false
	}
	_, ok = dayOf(b[0], b[1], b[2]&0x7F, b[3])
	return ok
}

// isDecimal is -?(\d+(\.\d+)?(E[+-]\d{1,15})?|Infinity|s?NaN), and faster, for
// the text can be long.
func isDecimal(text string) bool {
	text = strings.TrimPrefix(text, "-")
	if text == "Infinity" || text == "NaN" || text == "sNaN" {
		return true
	}
	text, exponent, scaled := strings.Cut(text, "E")
	whole, part, pointed := strings.Cut(text, ".")
	return areDigits(whole) && (!pointed || areDigits(part)) &&
		(!scaled || len(exponent) <= 16 && strings.IndexAny(exponent, "+-") == 0 && areDigits(exponent[1:]))
}

func areDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// at is the i-th of args, if there is one and of that type.
func at[T any](args []any, i int) (v T, ok bool) {
	if i < len(args) {
		v, ok = args[i].(T)
	}
	return v, ok
}

func isZone(args []any) bool {
	d, ok := at[*call](args, 0)
	if !ok || d.class.String() != "datetime.timedelta" || len(args) > 2 {
		return false
	}
	if _, named := at[string](args, 1); len(args) == 2 && !named {
		return false
	}
	// More than -24 hours, less than 24.
	return d.args[0] == int64(0) || d.args[0] == int64(-1) && (d.args[1] != int64(0) || d.args[2] != int64(0))
}

func zoneOrNone(args []any) bool {
	if len(args) < 2 {
		return true
	}
	zone, ok := at[*call](args, 1)
	return ok && len(args) == 2 && zone.class.String() == "datetime.timezone"
}

func isClock(hour byte, rest []byte) bool {
	return hour < 24 && rest[0] < 60 && rest[1] < 60 && micros(rest[2:]) < 1000000
}

func micros(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }

// dayOf is false for one that isn't in the calendar.
func dayOf(high, low, month, day byte) (time.Time, bool) {
	year := int(high)<<8 | int(low)
	t := time.Date(year, time.Month(month), int(day), 0, 0, 0, 0, time.UTC)
	return t, year >= 1 && year <= 9999 && month >= 1 && month <= 12 && t.Month() == time.Month(month) && t.Day() == int(day)
}

// time gives a datetime, and false for one that time.Time has no room for: the
// second of two readings of a clock that was put back, and odd zones.
func (c *call) time() (time.Time, bool) {
	b := c.args[0].([]byte)
	if b[2] >= 0x80 {
		return time.Time{}, false
	}
	zone := Naive
	if len(c.args) == 2 {
		var ok bool
		if zone, ok = c.args[1].(*call).location(); !ok {
			return time.Time{}, false
		}
	}
	year := int(b[0])<<8 | int(b[1])
	return time.Date(year, time.Month(b[2]), int(b[3]), int(b[4]), int(b[5]), int(b[6]), micros(b[7:])*1000, zone), true
}

// location is false where the zone has a fraction of a second, or an empty
// name: that would be none.
func (c *call) location() (*time.Location, bool) {
	d := c.args[0].(*call)
	offset := int(d.args[0].(int64))*86400 + int(d.args[1].(int64))
	name, named := at[string](c.args, 1)
	if d.args[2] != int64(0) || named && (name == "" || name == "UTC" && offset == 0) {
		return nil, false
	}
	if offset == 0 && !named {
		return time.UTC, true
	}
	return time.FixedZone(name, offset), true
}

// datetime is t as a pickler writes it, to the microsecond, and false if its
// year isn't Python's.
func datetime(t time.Time) (*call, bool) {
	year, month, day := t.Date()
	if year < 1 || year > 9999 {
		return nil, false
	}
	b := binary.BigEndian.AppendUint16(make([]byte, 0, 10), uint16(year))
	b = append(b, byte(month), byte(day), byte(t.Hour()), byte(t.Minute()), byte(t.Second()))
	us := t.Nanosecond() / 1000
	c := &call{class: &global{"datetime", "datetime"}, args: []any{append(b, byte(us>>16), byte(us>>8), byte(us))}}
	if t.Location() == Naive {
		return c, true
	}
	name, offset := t.Zone()
	if offset <= -86400 || offset >= 86400 {
		return nil, false
	}
	days := int64(0)
	if offset < 0 {
		days, offset = -1, offset+86400
	}
	zone := []any{&call{class: &global{"datetime", "timedelta"}, args: []any{days, int64(offset), int64(0)}}}
	if name != "" && (name != "UTC" || offset != 0) {
		zone = append(zone, name)
	}
	c.args = append(c.args, &call{class: &global{"datetime", "timezone"}, args: zone})
	return c, true
}

// uuidNode is id as a pickler writes it.
func uuidNode(id codec.UUID) *uuidObject { return &uuidObject{number: wholeOf(littleEndian(id))} }

// littleEndian is the number of id, with a byte for its sign.
func littleEndian(id codec.UUID) []byte {
	b := make([]byte, 0, len(id)+1)
	for i := range id {
		b = append(b, id[len(id)-1-i])
	}
	return append(b, 0)
}
