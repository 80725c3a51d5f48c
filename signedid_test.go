package dewar_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/signing"
	"github.com/dewar-go/dewar/store/memstore"
)

// taken is a store in which the first so many new keys are another's.
type taken struct {
	dewar.Store
	times int
}

func (s *taken) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	if s.times > 0 {
		s.times--
		return dewar.Item{}, dewar.ErrExists
	}
	return s.Store.Create(ctx, key, data, life)
}

// A new session never takes an id that is taken, as a broken source of random
// bytes may give it: it takes another, or isn't saved.
func TestAnIDThatIsTaken(t *testing.T) {
	for times, want := range []int{200, 200, 200, 503} {
		m := managing(t, &dewar.InStore{Store: &taken{memstore.New(memstore.Options{}), times}}, nil)
		res := visit(m, "", func(s *dewar.Session) { s.Set("a", 1) })
		if res.StatusCode != want || (cookieOf(res) != "") != (want == 200) {
			t.Errorf("taken %d times: status %d, %v", times, res.StatusCode, res.Header)
		}
		if want == 200 {
			visit(m, cookieOf(res), func(s *dewar.Session) {
				if s.IsNew() {
					t.Errorf("taken %d times: the session isn't there", times)
				}
			})
		}
	}
}

// Where ids are signed, one that isn't, or isn't by us and for this, is no id: the
// store isn't asked.
func TestSignedIDs(t *testing.T) {
	keys := ring(t, secret)
	m := managing(t, dewar.SignedID{Backend: &dewar.InStore{Store: memstore.New(memstore.Options{})}, Keys: keys}, nil)
	name, value, _ := strings.Cut(signedIn(t, m, map[string]any{"a": 1}), "=")
	id, _, _ := strings.Cut(value, ".")
	sign := func(keys *dewar.Ring, salt string) string {
		return string(signing.NewSigner(keys, salt, signing.SHA1, signing.HMAC).Sign(nil, []byte(id)))
	}
	for what, v := range map[string]string{
		"ours": value, "unsigned": id, "cut": value[:len(value)-1], "of no id": value[len(id):],
		"for a cookie": sign(keys, "cookie-session"), "of another key": sign(ring(t, []byte("another key, as long as it")), "flask-session"),
	} {
		visit(m, name+"="+v, func(s *dewar.Session) {
			if s.IsNew() != (what != "ours") {
				t.Errorf("%s: new %v", what, s.IsNew())
			}
		})
	}
}
