package storetest

import "strings"

// good keys are printable ASCII without blanks: a store takes them all, and
// tells them apart.
func goodKeys() []string {
	const printable = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
	return []string{
		printable,
		"id", "ID", "Id", // databases that fold case
		"a*", "a?", "a[b]", "ab", "a%", "a_", "a.", // patterns
		"d/x", "d//x", "d/./x", "d/../x", "../x", "..", "d/e/../x", "/x", "d/", "d", // paths
		`a\`, `a\\`, `a'`, `a''`, `a"`, "a`", "a;", "a--", "a$", "$a", "${a}", "a{b}", "a{c}", // quotes and expansions
		"%00", "%2F", "/", "%61", "+", "%20", "&#97;", `\x61`, `\n`, // escapes
		`{"$ne":""}`, `{"$gt":0}`, "$where", `'or'1'='1`, `";drop`, "a'#", "/*a*/", // what would be an operator
		"1", "01", "1.0", "1e0", "0x1", // numbers
		"a:b", "a.b", "a|b", "a,b", "a=b",
	}
}

// strange keys are not promised to be taken: each is kept as faithfully, or
// refused by every verb.
func strangeKeys() []string {
	long := strings.Repeat("long", 80)
	return []string{
		"k ", "k  ", " k", "k\t", "k\r\n", "k\n", "a b", "a\tb", "a\nb", "a\r\nb", // blanks
		"k\x00", "k\x00a", "k\x00b", "\x00k", "a\x00b", "a\x7fb", "a\x01b", // cut short
		"\u00e9", "e\u0301", "\u212b", "\u00c5", "ss", "\u00df", "i", "\u0130", "\u0131", // equal in some alphabets
		"a\xff", "a\xfe", "a\xc3", "a\ufffd", // not UTF-8
		long, long + "a", long + "b", // longer than is promised
		"k", "a", "b", "e", // what the above are not
	}
}

func keyRules() []rule {
	return []rule{
		{name: "key/good", sentence: "every key of printable ASCII without blanks is kept, and none is mistaken for another", check: func(r *room) {
			for _, name := range goodKeys() {
				r.create(r.key(name), name, long)
			}
			for _, name := range goodKeys() {
				r.holds(r.key(name), name)
			}
		}},
		{name: "key/250", sentence: "a key of 250 bytes is kept, and its last byte counts", check: func(r *room) {
			fill := strings.Repeat("x", 249-len(r.prefix))
			a, b := r.key(fill+"a"), r.key(fill+"b")
			r.create(a, "one", long)
			r.create(b, "two", long)
			r.holds(a, "one")
			r.holds(b, "two")
		}},
		{name: "key/delete-one", sentence: "delete forgets one key, not those that resemble it or match it as a pattern", check: func(r *room) {
			for _, name := range goodKeys() {
				r.create(r.key(name), name, long)
			}
			for i, name := range goodKeys() {
				r.delete(r.key(name))
				r.absent(r.key(name))
				for _, rest := range goodKeys()[i+1:] {
					r.holds(r.key(rest), rest)
				}
			}
		}},
		{name: "key/strange", sentence: "a key beyond the promised ones is kept as faithfully, or refused with an error that is none of the outcomes", check: func(r *room) {
			var kept []string
			for _, name := range strangeKeys() {
				switch _, err := r.st.Create(r.ctx, r.key(name), []byte(name), long); {
				case err == nil:
					kept = append(kept, name)
				case isOutcome(err):
					r.broken("create under …%+.20q: got %v: it was taken for another key", name, err)
				}
			}
			for i, name := range kept {
				r.holds(r.key(name), name)
				r.update(r.key(name), r.load(r.key(name)), name+"!", long)
				for _, rest := range kept[i+1:] {
					r.holds(r.key(rest), rest)
				}
			}
		}},
		{name: "key/refused", sentence: "a key that create refuses is refused by every verb", check: func(r *room) {
			old := r.create(r.key("item"), "abc", long)
			for _, name := range append(strangeKeys(), "") {
				key := r.key(name)
				if name == "" {
					key = "" // the empty key itself
				}
				_, err := r.st.Create(r.ctx, key, []byte("abc"), long)
				if err == nil {
					r.delete(key)
					continue
				}
				r.refused("create", err)
				_, err = r.st.Load(r.ctx, key)
				r.refused("load", err)
				_, err = r.st.Update(r.ctx, key, old, []byte("x"), long)
				r.refused("update", err)
				r.refused("touch", r.st.Touch(r.ctx, key, long))
				r.refused("remove", r.st.Remove(r.ctx, key, old))
				r.refused("delete", r.st.Delete(r.ctx, key))
			}
			r.holds(r.key("item"), "abc")
		}},
	}
}
