// Package pickle reads Python's pickles as data, and writes them: the form of
// sessions in Flask-Session before 0.7, in its filesystem backend, and in
// cachelib.
//
//	Python                        Go                       written again as
//	None, bool                    nil, bool                the same
//	int                           int64, *big.Int beyond   the same
//	float                         float64                  the same
//	str                           string                   the same
//	bytes                         []byte                   the same
//	list, tuple                   []any, codec.Tuple       the same
//	dict with keys of text        map[string]any           dict, keys sorted
//	markupsafe.Markup             codec.Markup             the same
//	uuid.UUID                     codec.UUID               the same, without is_safe
//	datetime with a timezone      time.Time                the same; the name of a zone too
//	datetime without              time.Time in [Naive]     the same
//	set, frozenset, bytearray,    codec.Opaque             as it was read
//	complex, Decimal, date, time,
//	timedelta, timezone, dicts
//	with other keys
//	anything else                 codec.Opaque             with the whole pickle, as it was read
//
// Nothing is ever called, imported or made but what the table names: a pickle's
// opcodes move names and arguments about, and what comes of a class that isn't
// in the table, or of one that is with arguments that no pickler writes, is a
// name. That value, and one that holds itself, is carried along and can't be
// parted from its pickle: see [Codec.Join]. As long as it is there, so are the
// bytes of what was replaced beside it since, at rest, though nobody reads them.
//
// All opcodes of the protocols 0 to 5 are read, as Python's C unpickler does
// (Modules/_pickle.c, with encoding="ASCII"), with these exceptions, none of
// which a pickler writes into a session:
//
//   - 16 MiB, 500 levels of nesting, 4194304 opcodes and 1048576 values are its
//     limits ([codec.ErrLimit]), the values counted as often as they are met;
//   - a session is a dict with keys of text;
//   - numbers in text are decimal, without blanks and underscores;
//   - what isn't in the pickle itself is refused ([ErrOutOfBand]);
//   - a list's methods aren't called on anything that isn't a list.
//
// [RedisCache] has the "!" that cachelib's puts before a pickle on Redis.
//
// The bytes of one value, as [Codec.Split] returns them, are opcodes of protocol
// 4 that leave it on the stack and never look into the memo.
package pickle
