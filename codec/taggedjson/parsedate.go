package taggedjson

import (
	"slices"
	"strings"
	"unicode"

	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// dateFields are the parts of a date as email.utils._parsedate_tz has them.
type dateFields struct {
	year, month, day, hour, minute, second int64
	tz                                     string
}

var months = []string{
	"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
	"january", "february", "march", "april", "may", "june", "july", "august",
	"september", "october", "november", "december",
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// splitDate follows email.utils._parsedate_tz line by line, and so takes RFC
// 2822, RFC 850, asctime and much that is none of these.
func splitDate(s string) (f dateFields, ok bool) {
	parts := strings.FieldsFunc(s, isSpace)
	if len(parts) == 0 {
		return f, false
	}
	if strings.HasSuffix(parts[0], ",") || slices.Contains(weekdays, strings.ToLower(parts[0])) {
		parts = parts[1:]
	} else if i := strings.LastIndexByte(parts[0], ','); i >= 0 {
		parts[0] = parts[0][i+1:]
	}
	if len(parts) == 3 { // RFC 850
		if date := strings.Split(parts[0], "-"); len(date) == 3 {
			parts = append(date, parts[1:]...)
		}
	}
	if len(parts) == 4 {
		clock := parts[3]
		i := strings.IndexByte(clock, '+')
		if i == -1 {
			i = strings.IndexByte(clock, '-')
		}
		if i > 0 {
			parts = append(parts[:3], clock[:i], clock[i:])
		} else {
			parts = append(parts, "")
		}
	}
	if len(parts) < 5 {
		return f, false
	}
	day, month, year, clock, tz := parts[0], parts[1], parts[2], parts[3], parts[4]
	if day == "" || month == "" || year == "" {
		return f, false
	}
	m := slices.Index(months, strings.ToLower(month))
	if m < 0 {
		day, month = month, day
		if m = slices.Index(months, strings.ToLower(month)); m < 0 {
			return f, false
		}
	}
	f.month = int64(m%12) + 1
	day = strings.TrimSuffix(day, ",")
	if strings.IndexByte(year, ':') > 0 {
		year, clock = clock, year
	}
	if year = strings.TrimSuffix(year, ","); year == "" {
		return f, false
	}
	if r, _ := wtf8.DecodeRune(year); !isDigit(r) {
		year, tz = tz, year
	}
	f.tz = tz
	hour, minute, second, ok := splitClock(strings.TrimSuffix(clock, ","))
	if !ok {
		return f, false
	}
	for _, p := range []struct {
		text string
		to   *int64
	}{{year, &f.year}, {day, &f.day}, {hour, &f.hour}, {minute, &f.minute}, {second, &f.second}} {
		if *p.to, ok = pyInt(p.text); !ok {
			return f, false
		}
	}
	switch {
	case f.year > 68 && f.year < 100:
		f.year += 1900
	case f.year < 100:
		f.year += 2000
	}
	return f, true
}

// isDigit is Python's str.isdigit for one character: decimal digits, and those
// that are small or in circles, on which int fails later.
func isDigit(r rune) bool {
	_, ok := digitValue(r)
	return ok || unicode.Is(unicode.No, r)
}

func splitClock(s string) (hour, minute, second string, ok bool) {
	parts := strings.Split(s, ":")
	if len(parts) == 1 {
		if parts = strings.Split(s, "."); len(parts) == 1 {
			return "", "", "", false
		}
	}
	switch len(parts) {
	case 2:
		return parts[0], parts[1], "0", true
	case 3:
		return parts[0], parts[1], parts[2], true
	}
	return "", "", "", false
}
