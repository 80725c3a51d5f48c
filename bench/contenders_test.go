package bench

import (
	"net/http"
	"strings"
	"testing"
)

// contenders are those of all rows, once each.
func contenders(t *testing.T) map[string]Contender {
	all := map[string]Contender{}
	for _, r := range rows(t) {
		for _, c := range r.Contenders {
			all[c.Name] = c
		}
	}
	return all
}

func rows(tb testing.TB) []Row {
	rows, err := Rows()
	if err != nil {
		tb.Fatal(err)
	}
	return rows
}

// serve sends one request to c and returns the status and the cookie set.
func serve(t *testing.T, c Contender, op Op, cookie string) (status int, set string) {
	t.Helper()
	v, err := c.visit(op, cookie)
	if err != nil {
		t.Fatalf("%v: %v", op, err)
	}
	return v.status, v.client.cookie()
}

// TestContendersStore says that everybody does the work that is timed: what was
// written is read back from the cookie, and what wasn't is not there.
func TestContendersStore(t *testing.T) {
	for name, c := range contenders(t) {
		if name == "baseline" || name == "floor" || name == "native-lazy" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if got, cookie := serve(t, c, Read, ""); got != http.StatusNoContent || cookie != "" {
				t.Errorf("read without a cookie: got %d, cookie %t, want 204 and none", got, cookie != "")
			}
			for _, payload := range []Op{SeedSmall, Seed2K} {
				_, cookie := serve(t, c, payload, "")
				if payload == Seed2K && len(cookie) < blobLen*3/4 {
					t.Errorf("%v: a cookie of %d bytes can't hold it", payload, len(cookie))
				}
				for _, step := range []struct {
					op   Op
					want int
					sets bool
				}{
					{Ignore, http.StatusOK, false},
					{Read, http.StatusOK, false},
					{ReadCount, http.StatusNoContent, false},
					{Write, http.StatusOK, true},
					{ReadCount, http.StatusOK, false},
					{Read, http.StatusOK, false},
				} {
					got, set := serve(t, c, step.op, cookie)
					if got != step.want || (set != "") != step.sets {
						t.Fatalf("%v, then %v: got %d, cookie %t, want %d, %t", payload, step.op, got, set != "", step.want, step.sets)
					}
					if set != "" {
						cookie = set
					}
				}
			}
		})
	}
}

// TestLazyIsLazy says that the lazy contender does have sessions: one
// that is asked for without Open panics, and doesn't pass for an absent one.
func TestLazyIsLazy(t *testing.T) {
	c := contenders(t)["native-lazy"]
	_, cookie := serve(t, contenders(t)["native"], SeedSmall, "")
	if got, set := serve(t, c, Ignore, cookie); got != http.StatusOK || set != "" {
		t.Errorf("got %d, cookie %t, want 200 and none", got, set != "")
	}
	defer func() {
		if recover() == nil {
			t.Error("a session that nobody opened could be read")
		}
	}()
	serve(t, c, Read, cookie)
}

// TestFloorLooks says that the floor verifies, decodes and sees every byte.
func TestFloorLooks(t *testing.T) {
	keeper := contenders(t)["flask-plain"]
	f := newFloorReader([]byte(key))
	sums := map[Op]int{}
	for _, payload := range []Op{SeedSmall, Seed2K} {
		_, cookie := serve(t, keeper, payload, "")
		var ok bool
		if sums[payload], ok = f.sum([]string{cookie}); !ok {
			t.Fatalf("%v: a good cookie is refused", payload)
		}
		for i := strings.IndexByte(cookie, '=') + 1; i < len(cookie); i++ {
			flipped := []byte(cookie)
			flipped[i] ^= 1
			if _, ok := f.sum([]string{string(flipped)}); ok {
				t.Fatalf("%v: accepted with byte %d changed", payload, i)
			}
		}
	}
	var want int
	for _, b := range []byte(`,"blob":""` + blob) {
		want += int(b)
	}
	if got := sums[Seed2K] - sums[SeedSmall]; got != want {
		t.Errorf("the blob adds %d to the sum, want %d", got, want)
	}
	if _, ok := f.sum(nil); ok {
		t.Error("no cookie passes for one")
	}
}

// TestRowsRun sends a few requests of every row, as the measuring does.
func TestRowsRun(t *testing.T) {
	for _, r := range rows(t) {
		scores, err := r.Match(2, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range scores {
			if s.Name != r.Contenders[i].Name || len(s.Costs) != 2 {
				t.Errorf("%s: got %s with %d rounds, want %s with 2", r.Name, s.Name, len(s.Costs), r.Contenders[i].Name)
			}
		}
	}
}
