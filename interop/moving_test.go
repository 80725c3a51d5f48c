package interop

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/interop/twin"
	"github.com/dewar-go/dewar/store/filestore"
	"github.com/dewar-go/dewar/store/redisstore"
)

// An application moves from files with pickles in them, which cachelib wrote, to
// Redis and MessagePack, under load: four requests at once for each visitor.
// Nobody is logged out, no update is lost, no sign-out undone, and the folder is
// empty in the end. DEWAR_VISITORS says how many there are.
func TestMovingHouse(t *testing.T) {
	visitors := 1000
	if n, err := strconv.Atoi(os.Getenv("DEWAR_VISITORS")); err == nil {
		visitors = n
	}
	dir := filepath.Join(t.TempDir(), "sessions")
	if out, err := exec.Command(twin.Python(t), "-c", fmt.Sprintf(`
from cachelib import FileSystemCache
cache = FileSystemCache(%q, threshold=0)
for i in range(%d):
    cache.set(f"session:visitor-{i}", {"_permanent": True, "user": i, "n": 0, "cart": ("book", {"sku": 1.5})}, 86400)
`, dir, visitors)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	from, err := filestore.New(dir, filestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	to, closer, err := redisstore.Open("redis://"+realserver.Redis(t).Addr, redisstore.Options{WholeSeconds: true})
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	o := flask.Stored(to)
	o.Backend.(*dewar.InStore).Timeout = 20 * time.Second // four thousand requests on a busy machine
	o.Backend = dewar.Fallback{New: o.Backend, Old: &dewar.InStore{Store: from, Codec: sniff.New(pickle.Codec{}), Prefix: "session:", Layout: dewar.FlaskLayout}}
	o.Life.Grace = time.Hour // visitors go on with the cookie that they had, also those who were renewed
	o.Observer = silent      // writers who meet a sign-out are told so
	sessions, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	visit := func(i int, f func(*dewar.Session)) int {
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		r.Header.Set("Cookie", fmt.Sprint("session=visitor-", i))
		w := httptest.NewRecorder()
		sessions.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(dewar.From(r.Context())) })).ServeHTTP(w, r)
		return w.Code
	}
	signsOut := func(i int) bool { return i%10 == 9 }
	const n = dewar.Key[int]("n")
	work := make(chan func(), 64)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for f := range work {
				f()
			}
		})
	}
	for i := range visitors {
		for j := range 4 {
			work <- func() {
				status := visit(i, func(s *dewar.Session) {
					switch {
					case s.IsNew() && !signsOut(i):
						t.Errorf("visitor %d was logged out", i)
					case j == 3 && signsOut(i):
						s.Destroy()
					case j == 2 && i%3 == 0:
						n.Update(s, func(n int) int { return n + 1 })
						s.Renew()
					case !s.IsNew():
						n.Update(s, func(n int) int { return n + 1 })
					}
				})
				if status != 200 && !signsOut(i) {
					t.Errorf("visitor %d: status %d", i, status)
				}
			}
		}
	}
	close(work)
	wg.Wait()
	here, gone := 0, 0
	for i := range visitors {
		visit(i, func(s *dewar.Session) {
			switch {
			case s.IsNew() && signsOut(i):
				gone++
			case s.IsNew() || s.Get("user") != int64(i) || n.Get(s) != 4 || signsOut(i):
				t.Errorf("visitor %d: new %v, user %v, n %v", i, s.IsNew(), s.Get("user"), s.Get("n"))
			default:
				here++
			}
		})
	}
	left := 0
	for _, err := range dewar.List(t.Context(), from, "") {
		if err != nil {
			t.Fatal(err)
		}
		left++
	}
	t.Logf("%d visitors: %d with their session and all that they did, %d without one as they had left; %d files are left", visitors, here, gone, left)
	if here+gone != visitors || left != 0 {
		t.Error("somebody is missing, or a session was left behind")
	}
}
