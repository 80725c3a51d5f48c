package dewar_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/cryptotest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// An id that is taken is nobody else's, as where randomness is broken: another is
// made, three in all, and then the request fails. What is there stays as it is.
func TestATakenIDIsNobodyElses(t *testing.T) {
	for kind, b := range map[string]*dewar.InStore{"native": {}, "Flask's": {Layout: dewar.FlaskLayout}, "UUIDs": {UUIDs: true}} {
		home := memstore.New(memstore.Options{})
		b.Store = home
		m := managing(t, b, nil)
		cookies := map[string]int{}
		for i := range 4 {
			cryptotest.SetGlobalRandom(t, 1) // the same ids again, from the first
			res := visit(m, "", func(s *dewar.Session) { s.Set("who", i) })
			if c := cookieOf(res); i < 3 && c != "" {
				cookies[c] = i
			} else if c != "" || res.StatusCode != 503 {
				t.Errorf("%s: the fourth got %q, %d", kind, c, res.StatusCode)
			}
		}
		if len(cookies) != 3 || home.Len() != 3 {
			t.Errorf("%s: %d cookies, %d records, want 3", kind, len(cookies), home.Len())
		}
		for c, who := range cookies {
			visit(m, c, func(s *dewar.Session) {
				if s.Get("who") != int64(who) {
					t.Errorf("%s: visitor %d has the session of %v", kind, who, s.Get("who"))
				}
			})
		}
	}
}

// Where the system gives no random bytes the program ends (crypto/rand since Go
// 1.24), rather than that a session begins with none.
func TestNoRandomnessNoSession(t *testing.T) {
	const variable = "DEWAR_WITHOUT_RANDOMNESS"
	kinds := map[string]dewar.Backend{
		"id":        &dewar.InStore{Store: memstore.New(memstore.Options{})},
		"Flask's":   &dewar.InStore{Store: memstore.New(memstore.Options{}), Layout: dewar.FlaskLayout},
		"UUID":      &dewar.InStore{Store: memstore.New(memstore.Options{}), Layout: dewar.FlaskLayout, UUIDs: true},
		"encrypted": dewar.EncryptedCookies(ring(t, secret)).Backend,
	}
	if kind := os.Getenv(variable); kind != "" {
		m := managing(t, kinds[kind], nil)
		rand.Reader = noBytes{}
		fmt.Println(visit(m, "", func(s *dewar.Session) { s.Set("a", 1) }).Header)
		return
	}
	for kind := range kinds {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), variable+"="+kind)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "fatal error: crypto/rand") || strings.Contains(string(out), "Set-Cookie") {
			t.Errorf("%s: %v, %s", kind, err, out)
		}
	}
}

type noBytes struct{}

func (noBytes) Read([]byte) (int, error) { return 0, errors.New("no entropy") }
