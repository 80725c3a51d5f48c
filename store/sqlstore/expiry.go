package sqlstore

import "time"

// stampForm is an expiry as SQLAlchemy writes it into SQLite, always with six
// digits: there, times are compared as texts. The other databases read it as
// well, and as text no driver moves it into another zone.
const stampForm = "2006-01-02 15:04:05.000000"

// stamp writes a time down, in UTC.
func stamp(t time.Time) string { return t.UTC().Format(stampForm) }

// ends gives the end of a life, rounded up to a step.
func ends(now time.Time, life, step time.Duration) (time.Time, error) {
	if life <= 0 {
		return time.Time{}, ErrLife
	}
	end := now.UTC().Add(life)
	if down := end.Truncate(step); down.Before(end) {
		end = down.Add(step)
	}
	if end.Year() > 9999 {
		return time.Time{}, ErrLife
	}
	return end, nil
}

// left is what is left of a life that ends at a text of the database's. What
// can't be read, as infinity, is 0: unknown.
func left(expiry string, now time.Time) time.Duration {
	end, err := time.Parse(time.DateTime, expiry) // it takes fractions too
	if err != nil {
		return 0
	}
	return max(0, end.Sub(now))
}
