package bench

import (
	"net/http"

	"github.com/alexedwards/scs/v2"
)

// scsOn is alexedwards/scs on one of its stores, with its defaults.
func scsOn(store scs.Store) Contender {
	m := scs.New()
	m.Store = store
	return Contender{Name: "scs", new: func(op Op) http.Handler {
		var numbers counter
		return m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, found := r.Context(), true
			switch op {
			case Ignore:
			case Read:
				found = m.GetInt(ctx, keyUser) == userID
			case ReadCount:
				found = m.GetInt(ctx, keyCount) != 0
			case Write:
				m.Put(ctx, keyCount, numbers.next())
			default:
				seed(op, func(key string, v any) { m.Put(ctx, key, v) })
			}
			reply(w, found)
		}))
	}}
}
