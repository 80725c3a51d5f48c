package dewar

import "slices"

// flashesKey is where Flask keeps them: a list of (category, message) tuples.
const flashesKey = "_flashes"

// A Flash is a message for the next page that shows it, once.
type Flash struct {
	Category string // "message" where none was given
	Message  any    // what was flashed: mostly a string, or Markup
}

// Flash leaves a message for the next page that calls [Session.Flashes]. An
// empty category is "message", Flask's default.
func (s *Session) Flash(msg any, category string) {
	if category == "" {
		category = "message"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, _ := s.lookup(flashesKey, false)
	item := Tuple{category, msg}
	s.set(flashesKey, append(list(waiting), item), change{op: opFlash, key: flashesKey, item: item})
}

// Flashes takes the waiting messages of these categories, all of them if none
// is named, in the order in which they were flashed. It takes only what it
// returns: the others wait on.
//
// Under Flask's rules it does as get_flashed_messages: the first call of a
// request takes them all, the ones that it doesn't return too; later calls
// choose from what the first one took, and what is flashed meanwhile waits for
// the next request.
func (s *Session) Flashes(categories ...string) []Flash {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rules != Native {
		if s.flashes == nil {
			s.flashes = new(s.takeFlashes(nil))
		} else {
			s.accessed = true
		}
		return slices.DeleteFunc(slices.Clone(*s.flashes), func(f Flash) bool { return !wanted(f, categories) })
	}
	return s.takeFlashes(categories)
}

// takeFlashes removes the wanted messages from the session and returns them.
func (s *Session) takeFlashes(categories []string) []Flash {
	waiting, err := s.lookup(flashesKey, false)
	if err != nil {
		return nil
	}
	var taken []Flash
	var rest []any
	c := change{op: opUnflash, key: flashesKey}
	for _, item := range list(waiting) {
		f, ok := flashOf(item)
		if ok && wanted(f, categories) {
			taken = append(taken, f)
			if s.tracks {
				raw, _ := s.vals.codec.Encode(nil, item)
				c.took = append(c.took, raw)
			}
		} else if ok || len(categories) > 0 { // what is no flash goes with all of them
			rest = append(rest, item)
		}
	}
	switch {
	case len(rest) == 0 || s.rules != Native:
		s.remove(flashesKey, c)
	case len(taken) > 0:
		s.set(flashesKey, rest, c)
	}
	return taken
}

func wanted(f Flash, categories []string) bool {
	return len(categories) == 0 || slices.Contains(categories, f.Category)
}

// flashOf reads one (category, message) pair, a tuple or, from another JSON
// provider, a list. A category that isn't text, which Flask allows, reads as
// "".
func flashOf(item any) (Flash, bool) {
	pair := list(item)
	if len(pair) != 2 {
		return Flash{}, false
	}
	category, _ := pair[0].(string)
	return Flash{Category: category, Message: pair[1]}, true
}

// list gives the items of a list or tuple, none of anything else.
func list(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case Tuple:
		return v
	}
	return nil
}
