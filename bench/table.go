package bench

import (
	"fmt"
	"io"
	"strings"
)

// head names the columns of the table.
var head = [...]string{
	"request", "by", "ns", "cpu ns", "B", "allocs",
	"gorilla ÷ it, wall", "cpu", "it ÷ floor, wall", "cpu", "ns over baseline",
}

// WriteHead writes the head of the markdown table.
func WriteHead(w io.Writer) error {
	_, err := fmt.Fprintf(w, "| %s |\n|---|---|%s\n", strings.Join(head[:], " | "), strings.Repeat("--:|", len(head)-2))
	return err
}

// WriteRow writes the lines of one row: medians, and quartiles of the ratios.
func WriteRow(w io.Writer, r Row, scores []Score) error {
	byName := map[string]Score{}
	for _, s := range scores {
		byName[s.Name] = s
	}
	for _, s := range scores {
		cells := []string{
			r.Name, s.Name,
			fmt.Sprintf("%.0f", s.Over(wall).Median), fmt.Sprintf("%.0f", s.Over(cpu).Median),
			fmt.Sprintf("%.0f", s.Over(func(c Cost) float64 { return c.Bytes }).Median),
			fmt.Sprintf("%.0f", s.Over(func(c Cost) float64 { return c.Allocs }).Median),
		}
		gorilla, floor, baseline := byName["gorilla"], byName["floor"], byName["baseline"]
		compared := s.Name != "baseline"
		cells = append(cells, times(compared && s.Name != "gorilla", gorilla, s)...)
		cells = append(cells, times(compared && s.Name != "floor", s, floor)...)
		over := ""
		if compared {
			over = fmt.Sprintf("%.0f", s.Beside(baseline, func(a, b Cost) float64 { return a.Wall - b.Wall }).Median)
		}
		if _, err := fmt.Fprintf(w, "| %s |\n", strings.Join(append(cells, over), " | ")); err != nil {
			return err
		}
	}
	return nil
}

// times are the two cells of a ratio, empty where there is none.
func times(compared bool, a, b Score) []string {
	if !compared || len(a.Costs) == 0 || len(b.Costs) == 0 {
		return []string{"", ""}
	}
	q := a.Beside(b, func(a, b Cost) float64 { return a.Wall / b.Wall })
	return []string{
		fmt.Sprintf("%.1f (%.1f–%.1f)", q.Median, q.Q1, q.Q3),
		fmt.Sprintf("%.1f", a.Beside(b, func(a, b Cost) float64 { return a.CPU / b.CPU }).Median),
	}
}

func wall(c Cost) float64 { return c.Wall }
func cpu(c Cost) float64  { return c.CPU }
