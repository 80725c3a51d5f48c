package bench

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
)

// TestProbes says what Dewar's stores promise, and that the probes see it
// where nobody promises it: in a cookie, the last response wins.
func TestProbes(t *testing.T) {
	const rounds, writers = 2, 20
	for _, s := range Subjects(t, realserver.Redis(t).Addr) {
		if !strings.HasPrefix(s.Name, "Dewar") {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			got, err := s.Probe(rounds, writers)
			want := Findings{Rounds: rounds, Writers: writers}
			if strings.HasSuffix(s.Name, "cookie") {
				want.LostWrites, want.LostAdds, want.Revived, want.Kept = writers-1, writers-1, rounds, rounds
			}
			if got != want || err != nil {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
		})
	}
}

// TestProbesTable runs every probe of every subject once.
func TestProbesTable(t *testing.T) {
	subjects := Subjects(t, realserver.Redis(t).Addr)
	var out strings.Builder
	if err := WriteProbes(&out, subjects, 1, 2); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(out.String(), "\n"), len(subjects)+2; got != want {
		t.Errorf("got %d lines, want %d:\n%s", got, want, out.String())
	}
}
