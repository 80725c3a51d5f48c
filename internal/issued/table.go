//go:build unix

package main

// A place is a function that issues something which must not be said, or that
// says something. Its variant runs a statement more: first as it begins, last
// as it returns. In these, $0, $1 … stand for its parameters, $c for its
// receiver, =0, =1 … for its results, and =e for the last of these, an error.
type place struct {
	dir         string // of the package
	name        string // Func, or Type.Method
	first, last string
}

const event, failure = "note.Said($1)", "note.Said(=e)"

// places are all of them. A new way for ids, keys, values and content to come
// into the world, a new store and a new backend, belong here.
func places() []place {
	list := []place{
		{".", "InStore.newID", "", "note.ID(=0)"},
		{".", "InStore.recordKey", "note.ID($0)", "note.Key(=0[len($c.Prefix):])"}, // $0 may be an id of Flask's
		{".", "InStore.linkKey", "", "note.Key(=0[len($c.Prefix):])"},
		{".", "Cookie.set", "note.Value($0)", ""},
		{".", "Session.set", "note.Content($1)", ""},
		{".", "values.at", "live := $c.live != nil && $c.live[$0] != nil", "if !live { note.Content(=0) }"}, // another may have put it there
		{".", "Session.Err", "", failure},
		{".", "Manager.Load", "", failure},
		{".", "Manager.commit", "", failure},
		{".", "New", "", failure},
		{".", "guarded.tell", event, ""},
		{".", "slogObserver.Observe", event, ""},
		{"signing", "Ring.Swap", "note.Secrets($0.Current, $0.Old)", failure},
		{"signing", "Signer.finish", "", "note.Value(=0[$1:])"},
		{"signing", "Signer.Unsign", "", "if =e == nil { note.Value($0) }; note.Said(=e)"}, // a Flask may have made it
		{"signing", "Encrypted.Seal", "n := len($0)", "note.Value(=0[n:])"},
		{"signing", "URLSafe.Unseal", "", failure},
		{"signing", "Encrypted.Unseal", "", failure},
		{"internal/realserver", "Server.Stop", "", `note.Log(filepath.Join($c.Dir, "log"))`},
	}
	for _, backend := range []string{"InStore", "InCookie", "SignedID", "Fallback"} {
		for _, verb := range []string{"Open", "Reload", "Save", "Renew", "Touch", "Drop"} {
			list = append(list, place{".", backend + "." + verb, "", failure})
		}
	}
	for _, store := range []string{
		"store/filestore", "store/goredisstore", "store/memcachestore", "store/memstore",
		"store/mongostore", "store/redisstore", "store/sqlstore", "store/breaker",
	} {
		for _, verb := range []string{"Load", "Touch", "Remove", "Delete"} {
			list = append(list, place{store, "Store." + verb, "note.Key($1)", failure})
		}
		list = append(list,
			place{store, "Store.Create", "note.Key($1); note.Content($2)", failure},
			place{store, "Store.Update", "note.Key($1); note.Content($3)", failure})
	}
	return list
}
