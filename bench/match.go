package bench

import (
	"slices"
	"time"
)

// A Score is what one contender's requests took, round by round.
type Score struct {
	Name  string
	Costs []Cost
}

// Match lets every contender of the row run for one slice a round. The order
// is another in each round, so that nobody always runs behind the same one.
func (r Row) Match(rounds int, slice time.Duration) ([]Score, error) {
	n := len(r.Contenders)
	scores := make([]Score, n)
	crowds := make([]Crowd, n)
	requests := make([]int, n)
	for i, c := range r.Contenders {
		crowd, err := r.Gather(c)
		if err != nil {
			return nil, err
		}
		crowds[i], scores[i].Name = crowd, c.Name
		if requests[i], err = crowd.requests(slice); err != nil {
			return nil, err
		}
	}
	for round := range rounds {
		for k := range n {
			i := (round + k) % n
			if round/n%2 == 1 { // n rounds forwards, then n backwards
				i = n - 1 - i
			}
			cost, err := crowds[i].slice(requests[i])
			if err != nil {
				return nil, err
			}
			scores[i].Costs = append(scores[i].Costs, cost)
		}
	}
	return scores, nil
}

// Quartiles are a spread: a quarter of the rounds lies below Q1, half below
// the Median, a quarter above Q3.
type Quartiles struct{ Q1, Median, Q3 float64 }

// Over returns the spread of what f makes of the costs, round by round.
func (s Score) Over(f func(Cost) float64) Quartiles {
	return s.Beside(s, func(c, _ Cost) float64 { return f(c) })
}

// Beside returns the spread of what f makes of two contenders' costs in the
// same round: what disturbs a round disturbs both.
func (s Score) Beside(other Score, f func(mine, theirs Cost) float64) Quartiles {
	vals := make([]float64, len(s.Costs))
	for i := range vals {
		vals[i] = f(s.Costs[i], other.Costs[i])
	}
	slices.Sort(vals)
	return Quartiles{quantile(vals, 1), quantile(vals, 2), quantile(vals, 3)}
}

// quantile returns the q-th quartile of sorted values, between two of them
// where it falls between. None have none: it is 0.
func quantile(sorted []float64, q int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := float64(q) * float64(len(sorted)-1) / 4
	i := int(at)
	if i == len(sorted)-1 {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
