package bench

import (
	"strings"
	"testing"
)

func score(name string, walls ...float64) Score {
	s := Score{Name: name}
	for _, w := range walls {
		s.Costs = append(s.Costs, Cost{Wall: w, CPU: w / 2, Bytes: 64, Allocs: 3})
	}
	return s
}

func TestQuartiles(t *testing.T) {
	for _, tt := range []struct {
		walls []float64
		want  Quartiles
	}{
		{nil, Quartiles{}},
		{[]float64{7}, Quartiles{7, 7, 7}},
		{[]float64{4, 1}, Quartiles{1.75, 2.5, 3.25}},
		{[]float64{5, 1, 4, 2, 3}, Quartiles{2, 3, 4}},
	} {
		if got := score("", tt.walls...).Over(wall); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.walls, got, tt.want)
		}
	}
}

// TestBesideIsPaired has a machine that gets ten times slower halfway: the
// ratio of a round doesn't feel it.
func TestBesideIsPaired(t *testing.T) {
	a, b := score("a", 1, 1, 10, 10), score("b", 3, 3, 30, 30)
	got := b.Beside(a, func(b, a Cost) float64 { return b.Wall / a.Wall })
	if want := (Quartiles{3, 3, 3}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	err := WriteHead(&b)
	if err == nil {
		err = WriteRow(&b, Row{Name: "read"}, []Score{score("baseline", 10), score("floor", 20), score("native", 40), score("gorilla", 400)})
	}
	want := `| request | by | ns | cpu ns | B | allocs | gorilla ÷ it, wall | cpu | it ÷ floor, wall | cpu | ns over baseline |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
| read | baseline | 10 | 5 | 64 | 3 |  |  |  |  |  |
| read | floor | 20 | 10 | 64 | 3 | 20.0 (20.0–20.0) | 20.0 |  |  | 10 |
| read | native | 40 | 20 | 64 | 3 | 10.0 (10.0–10.0) | 10.0 | 2.0 (2.0–2.0) | 2.0 | 30 |
| read | gorilla | 400 | 200 | 64 | 3 |  |  | 20.0 (20.0–20.0) | 20.0 | 390 |
`
	if got := b.String(); got != want || err != nil {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}

func TestStoreTable(t *testing.T) {
	r := Row{Name: "read", Contenders: []Contender{{Name: "floor"}, {Name: "native"}, {Name: "scs"}}}
	floors, peers := floorsOf([]Row{r, r}), peersOf([]Row{r, r})
	var b strings.Builder
	err := writeStoreHead(&b, floors, peers)
	if err == nil {
		err = writeStoreRow(&b, r, []Score{score("floor", 2000), score("native", 3000), score("scs", 9000)}, []float64{1, 1.05, 2}, floors, peers)
	}
	want := `| request | by | µs | cpu µs | B | allocs | commands | scs ÷ it, wall | cpu | it ÷ floor |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|
| read | floor | 2.0 | 1.0 | 64 | 3 | 1 | 4.5 (4.5–4.5) | 4.5 |  |
| read | native | 3.0 | 1.5 | 64 | 3 | 1.05 | 3.0 (3.0–3.0) | 3.0 | 1.50 (1.50–1.50) |
| read | scs | 9.0 | 4.5 | 64 | 3 | 2 |  |  | 4.50 (4.50–4.50) |
`
	if got := b.String(); got != want || err != nil {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}
