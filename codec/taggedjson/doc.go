// Package taggedjson is Flask's TaggedJSONSerializer (flask/json/tag.py): JSON
// as Python's json module writes it, with an object of one key for each value
// that JSON has no word for.
//
//	 tag     value            on the wire
//	" t"     codec.Tuple      {" t":[1,2]}
//	" b"     []byte           {" b":"aGk="}
//	" m"     codec.Markup     {" m":"<b>x</b>"}
//	" u"     codec.UUID       {" u":"00000000000000000000000000000001"}
//	" d"     time.Time        {" d":"Thu, 29 Feb 2024 12:34:56 GMT"}
//	" di"    a map that looks like one of these:
//	         {" t": 1}        {" di":{" t__":1}}
//
// What it encodes is byte for byte what Flask writes for the same value, and so a
// time is cut to seconds, and its year wants three digits: of the years 1 to 99
// Flask reads 1969 to 2068 (werkzeug.http.parse_date). A zero time.Time comes back
// as 2001-01-01. Leave it out, by a field's omitzero (not omitempty, as in
// encoding/json), or use a *time.Time.
//
// What it reads is what Flask reads, to the same values, with these exceptions, none of
// which anything writes:
//
//   - 500 levels of nesting (Python: 490 to 990, by version) and 1048576 values
//     are its limits ([codec.ErrLimit]), and 256 KiB for all that Markup of
//     something that isn't text prints, which doubles with each level;
//   - a top level that is a list of pairs is refused, of which Flask makes a
//     session;
//   - of a key that stands twice in an object inside a value, a malformed tag
//     in the first place is refused, though the second would replace it.
package taggedjson
