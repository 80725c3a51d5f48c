package taggedjson

import (
	"strings"
	"time"

	"github.com/dewar-go/dewar/codec"
)

// toDateTime is werkzeug.http.parse_date(inner): nil for what isn't a date, if
// it is text or empty. Python raises for other types, and for numbers so large
// that they overflow instead of being out of range.
func toDateTime(inner any) (any, bool) {
	switch v := inner.(type) {
	case string:
		return parseDate(v)
	case codec.Markup:
		return parseDate(string(v))
	case []byte:
		return nil, true
	case nil:
		return nil, true
	case bool:
		return nil, !v
	case int64:
		return nil, v == 0
	case float64:
		return nil, v == 0
	case []any:
		return nil, len(v) == 0
	case codec.Tuple:
		return nil, len(v) == 0
	case map[string]any:
		return nil, len(v) == 0
	case dict:
		return nil, len(v.keys) == 0
	}
	return nil, false
}

func parseDate(s string) (any, bool) {
	if t, err := time.Parse(httpTime, s); err == nil && t.Year() >= 100 && len(s) == len(httpTime) {
		return t, true
	}
	f, ok := splitDate(s)
	if !ok {
		return nil, true
	}
	// The order is Python's: the zone is made before the date.
	zone, overflow, ok := f.zone()
	if overflow {
		return nil, false
	}
	if !ok {
		return nil, true
	}
	return f.date(zone)
}

// zone returns the zone, false if no zone is so far from UTC, and overflow if
// the offset is too large for a timedelta. No zone, an unknown name and -0000
// are UTC.
func (f *dateFields) zone() (zone *time.Location, overflow, ok bool) {
	name := strings.ToUpper(f.tz)
	offset, ok := zoneOffset(name)
	if !ok {
		if offset, ok = pyInt(name); !ok {
			return time.UTC, false, true
		}
	}
	negative := offset < 0
	if negative {
		offset = -offset
	}
	offset = offset/100*3600 + offset%100*60
	const day = 86400
	switch {
	case negative && offset > 999999999*day, offset >= 1000000000*day:
		return nil, true, false
	case offset >= day:
		return nil, false, false
	case offset == 0:
		return time.UTC, false, true
	case negative:
		offset = -offset
	}
	return time.FixedZone("", int(offset)), false, true
}

func zoneOffset(name string) (int64, bool) {
	switch name {
	case "UT", "UTC", "GMT", "Z":
		return 0, true
	case "ADT":
		return -300, true
	case "AST", "EDT":
		return -400, true
	case "EST", "CDT":
		return -500, true
	case "CST", "MDT":
		return -600, true
	case "MST", "PDT":
		return -700, true
	case "PST":
		return -800, true
	}
	return 0, false
}

// date is datetime.datetime(...): nil if a part is out of its range, and false
// if one isn't even a C int.
func (f *dateFields) date(zone *time.Location) (any, bool) {
	for _, n := range []int64{f.year, f.day, f.hour, f.minute, f.second} {
		if n != int64(int32(n)) {
			return nil, false
		}
	}
	if f.year < 1 || f.year > 9999 || f.hour < 0 || f.hour > 23 ||
		f.minute < 0 || f.minute > 59 || f.second < 0 || f.second > 59 {
		return nil, true
	}
	t := time.Date(int(f.year), time.Month(f.month), int(f.day), int(f.hour), int(f.minute), int(f.second), 0, zone)
	if f.day < 1 || t.Day() != int(f.day) {
		return nil, true
	}
	return t, true
}
