package chaos

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A row is what one fault did to one backend.
type row struct {
	backend, fault  string
	lasted          time.Duration
	served, refused int           // in the fault
	p99, longest    time.Duration // in the fault
	recovery        time.Duration // from the fault's end, or from its begin where it heals by itself, until all were served
	after           time.Duration // the p99 once all were served
	stranger        time.Duration // the median without a cookie, in the fault
	tally           tally
	healsItself     bool
	remark          string
}

const head = `| store | fault | for | answered in it, of these 503 | p99, longest | all served again after | p99 then | increments confirmed, of these lost | signed out, of these back | sessions gone |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|
`

// markdown is the row as a line of the table.
func (r row) markdown() string {
	fault, lasted := r.fault, short(r.lasted)
	if r.remark != "" {
		fault += " (" + r.remark + ")"
	}
	if r.healsItself {
		lasted = "heals itself"
	}
	return fmt.Sprintf("| %s | %s | %s | %s, %s | %s, %s | %s | %s | %s, %s | %s, %s | %s |\n",
		r.backend, fault, lasted, thousands(r.served+r.refused), thousands(r.refused), short(r.p99), short(r.longest),
		short(r.recovery), short(r.after), thousands(r.tally.confirmed), thousands(r.tally.lost),
		thousands(r.tally.signedOut), thousands(r.tally.revived), thousands(r.tally.gone))
}

// short is a time to two digits.
func short(d time.Duration) string {
	switch {
	case d >= 9950*time.Millisecond:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= 995*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 100*time.Millisecond:
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// within are the samples of requests that were under way between two moments.
func within(all []sample, from, to time.Time) (some []sample) {
	for _, s := range all {
		if s.begun.Add(s.took).After(from) && s.begun.Before(to) {
			some = append(some, s)
		}
	}
	return some
}

// percentile gives the time that p percent of the samples didn't exceed.
func percentile(all []sample, p int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.SortedFunc(slices.Values(all), func(a, b sample) int { return int(a.took - b.took) })
	return all[min(len(all)*p/100, len(all)-1)].took
}

// some gives the first of what is there, each once.
func some(all []string) (few []string) {
	for _, s := range all {
		if len(few) < 10 && !slices.Contains(few, s) {
			few = append(few, s)
		}
	}
	return few
}

// judge says what of a row may not be.
func (r row) judge(f fault) []string {
	bad, t := some(r.tally.wrong), r.tally
	if f.keeps != unreplicated && (t.lost > 0 || t.revived > 0) {
		bad = append(bad, fmt.Sprintf("of %d increments %d are lost, of %d sign-outs %d are undone", t.confirmed, t.lost, t.signedOut, t.revived))
	}
	if f.keeps == everything && t.gone > 0 {
		bad = append(bad, fmt.Sprintf("%d sessions are gone", t.gone))
	}
	if f.keeps == unreplicated && t.stayed > 0 {
		bad = append(bad, fmt.Sprintf("%d sessions are gone that a replica had", t.stayed))
	}
	if f.keeps == nothing && t.gone == 0 {
		bad = append(bad, "no session is gone, of a store that keeps nothing")
	}
	if !f.quiet && r.refused == 0 {
		bad = append(bad, "nobody noticed")
	}
	if r.stranger > time.Second {
		bad = append(bad, fmt.Sprintf("who has no cookie waits for %v", r.stranger))
	}
	return bad
}

func (r row) String() string { return strings.TrimSpace(r.markdown()) }
