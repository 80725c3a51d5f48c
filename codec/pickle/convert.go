package pickle

import (
	"fmt"
	"strings"
	"time"
)

// converted is c as msgspec encodes it (msgspec's src/msgspec/_core.c), and
// false for what it refuses, and for a datetime that has a time zone.
func (c *call) converted() (any, bool) {
	switch c.class.String() {
	case "decimal.Decimal":
		return c.args[0], true
	case "datetime.date":
		b := c.args[0].([]byte)
		t, _ := dayOf(b[0], b[1], b[2], b[3])
		return t.Format(time.DateOnly), true
	case "datetime.time":
		b := c.args[0].([]byte)
		zone, ok := c.suffix()
		return clock(b[0]&0x7F, b[1:]) + zone, ok
	case "datetime.timedelta":
		return duration(c.args[0].(int64), c.args[1].(int64), c.args[2].(int64)), true
	case "datetime.datetime":
		b := append([]byte{}, c.args[0].([]byte)...)
		b[2] &= 0x7F // which of two readings it is, nobody can write
		t, ok := (&call{class: c.class, args: append([]any{b}, c.args[1:]...)}).time()
		if !ok || t.Location() != Naive {
			return t, ok
		}
		return t.Format(time.DateOnly) + "T" + clock(b[4], b[5:]), true
	}
	return nil, false
}

func clock(hour byte, rest []byte) string {
	text := fmt.Sprintf("%02d:%02d:%02d", hour, rest[0], rest[1])
	if us := micros(rest[2:]); us > 0 {
		text += fmt.Sprintf(".%06d", us)
	}
	return text
}

// suffix is the time zone of a time of day, which is of whole minutes.
func (c *call) suffix() (string, bool) {
	if len(c.args) == 1 {
		return "", true
	}
	zone, ok := c.args[1].(*call).location()
	if !ok {
		return "", false
	}
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, zone)
	_, offset := at.Zone()
	return at.Format("Z07:00"), offset%60 == 0
}

// duration is a timedelta in ISO 8601.
func duration(days, seconds, micros int64) string {
	if days == 0 && seconds == 0 && micros == 0 {
		return "P0D"
	}
	var text strings.Builder
	if days < 0 {
		text.WriteByte('-')
		total := -((days*86400+seconds)*1000000 + micros)
		days, seconds, micros = total/86400000000, total/1000000%86400, total%1000000
	}
	text.WriteByte('P')
	if days > 0 {
		fmt.Fprintf(&text, "%dD", days)
	}
	if seconds > 0 || micros > 0 {
		fmt.Fprintf(&text, "T%d", seconds)
		if micros > 0 {
			text.WriteString(strings.TrimRight(fmt.Sprintf(".%06d", micros), "0"))
		}
		text.WriteByte('S')
	}
	return text.String()
}
