package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Uncounted is the address for rows whose commands nobody counts here.
const Uncounted = "uncounted"

// CompareStores runs a match for each row and writes the markdown table. The
// rows' Redis is at addr, where commands are counted while nothing is timed;
// "": they have none, and [Uncounted]: they are left out. No rows make no
// table.
func CompareStores(w io.Writer, rows []Row, addr string, rounds int, slice time.Duration) error {
	if len(rows) == 0 {
		return nil
	}
	floors, peers := floorsOf(rows), peersOf(rows)
	if err := writeStoreHead(w, floors, peers); err != nil {
		return err
	}
	for _, r := range rows {
		scores, err := r.Match(rounds, slice)
		if err != nil {
			return err
		}
		commands := make([]float64, len(scores))
		switch addr {
		case "":
		case Uncounted:
			commands = nil
		default:
			if commands, err = r.commands(addr); err != nil {
				return err
			}
		}
		if err := writeStoreRow(w, r, scores, commands, floors, peers); err != nil {
			return err
		}
	}
	return nil
}

// floorsOf are the names of the rows' floors.
func floorsOf(rows []Row) (names []string) {
	for _, r := range rows {
		for _, c := range r.Contenders {
			if isFloor(c.Name) && !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

// peersOf are those that the rest is compared with: scs, or without it all that
// aren't ours.
func peersOf(rows []Row) (names []string) {
	for _, r := range rows {
		for _, c := range r.Contenders {
			if c.Name == "scs" {
				return []string{"scs"}
			}
			if (c.Name == "gin" || c.Name == "fiber" || c.Name == "gorilla") && !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

func isFloor(name string) bool { return strings.HasPrefix(name, "floor") }

// writeStoreHead writes the head of the markdown table.
func writeStoreHead(w io.Writer, floors, peers []string) error {
	head := []string{"request", "by", "µs", "cpu µs", "B", "allocs", "commands"}
	for _, name := range peers {
		head = append(head, name+" ÷ it, wall", "cpu")
	}
	for _, name := range floors {
		head = append(head, "it ÷ "+name)
	}
	_, err := fmt.Fprintf(w, "| %s |\n|---|---|%s\n", strings.Join(head, " | "), strings.Repeat("--:|", len(head)-2))
	return err
}

// writeStoreRow writes the lines of one row: medians, and quartiles of the
// ratios.
func writeStoreRow(w io.Writer, r Row, scores []Score, commands []float64, floors, peers []string) error {
	byName := map[string]Score{}
	for _, s := range scores {
		byName[s.Name] = s
	}
	for i, s := range scores {
		cells := []string{
			r.Name, s.Name,
			fmt.Sprintf("%.1f", s.Over(wall).Median/1000), fmt.Sprintf("%.1f", s.Over(cpu).Median/1000),
			fmt.Sprintf("%.0f", s.Over(func(c Cost) float64 { return c.Bytes }).Median),
			fmt.Sprintf("%.0f", s.Over(func(c Cost) float64 { return c.Allocs }).Median),
			"",
		}
		if commands != nil {
			cells[len(cells)-1] = fmt.Sprintf("%.3g", commands[i])
		}
		for _, name := range peers {
			cells = append(cells, times(s.Name != name && s.Name != "baseline", byName[name], s)...)
		}
		for _, floor := range floors {
			cells = append(cells, fine(!isFloor(s.Name), s, byName[floor]))
		}
		if _, err := fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")); err != nil {
			return err
		}
	}
	return nil
}

// fine is a ratio by the clock with one digit more than times, for ratios near
// 1; empty where there is none.
func fine(compared bool, a, b Score) string {
	if !compared || len(a.Costs) == 0 || len(b.Costs) == 0 {
		return ""
	}
	q := a.Beside(b, func(a, b Cost) float64 { return a.Wall / b.Wall })
	return fmt.Sprintf("%.2f (%.2f–%.2f)", q.Median, q.Q1, q.Q3)
}
