package bench

import (
	"fmt"
	"io"
)

// WriteProbes probes all subjects and writes the markdown table of
// docs/guarantees.md.
func WriteProbes(w io.Writer, subjects []Subject, rounds, writers int) error {
	if _, err := fmt.Fprintf(w, `| | of %[1]d writes at once, lost | of %[1]d increments at once, lost | a slow reader erased a write | an ended session came back by a slow writer | by a slow reader |
|---|--:|--:|--:|--:|--:|
`, writers); err != nil {
		return err
	}
	for _, s := range subjects {
		f, err := s.Probe(rounds, writers)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "| %s | %.3g | %.3g | %s | %s | %s |\n", s.Name, f.LostWrites, f.LostAdds,
			f.of(f.Erased), f.of(f.Revived), f.of(f.Kept)); err != nil {
			return err
		}
	}
	return nil
}

// of says in how many of the rounds something happened.
func (f Findings) of(n int) string { return fmt.Sprintf("%d of %d", n, f.Rounds) }
