package interop

import "fmt"

// A walk goes through all orders in which the commands of two requests can reach
// a server, depth first: each play repeats the one before up to the last fork,
// and goes the other way there.
//
// Two commands at different keys, or two that only read, come to the same in
// either order. Of the orders that differ only in such neighbours one is played,
// unless all is set (sleep sets: Godefroid, Partial-Order Methods for the
// Verification of Concurrent Systems, 1996).
type walk struct {
	all  bool
	path []fork
	at   int
}

// A fork is a point of a path: who can go on there, and whose turn was played,
// or comes to the same as what was.
type fork struct {
	can, over [2]bool
	went      int
	apart     bool // the two commands come to the same in either order
	names     [2]string
}

// A move is a command that waits for its turn, or had it.
type move struct {
	who       int
	name, key string
	called    string // what the key is called in this play
	reads     bool
}

func (m move) String() string { return fmt.Sprintf("%c %s %s", 'A'+m.who, m.name, m.called) }

// apart reports whether two commands come to the same in either order.
func (m move) apart(n move) bool { return m.key != n.key || m.reads && n.reads }

// choose says whose turn it is of those that wait; who stands back lets the other
// go first. -1: what follows was played.
func (w *walk) choose(waits [2]*move, back [2]bool) (int, error) {
	f := fork{went: -1}
	for i, m := range waits {
		if m != nil {
			f.can[i], f.names[i] = !back[i] || waits[1-i] == nil, m.String()
		}
	}
	f.apart = !w.all && f.can[0] && f.can[1] && waits[0].apart(*waits[1])
	if w.at < len(w.path) {
		was := w.path[w.at]
		if f.can != was.can || f.names != was.names {
			return 0, fmt.Errorf("%q wait, and in the play before %q did", f.names, was.names)
		}
		w.at++
		return was.went, nil
	}
	if w.at > 0 {
		before := w.path[w.at-1]
		f.over[1-before.went] = before.over[1-before.went] && before.apart
	}
	for i := range f.can {
		if f.can[i] && !f.over[i] {
			f.went = i
			w.path = append(w.path, f)
			w.at++
			return i, nil
		}
	}
	return -1, nil
}

// next goes back to the last fork that has another way; false: none has.
func (w *walk) next() bool {
	for w.at = 0; len(w.path) > 0; w.path = w.path[:len(w.path)-1] {
		f := &w.path[len(w.path)-1]
		f.over[f.went] = true
		if i := 1 - f.went; f.can[i] && !f.over[i] {
			f.went = i
			return true
		}
	}
	return false
}

// orders counts those that come to the same as this one, itself included: the
// ways through a grid of how many commands each has sent.
func orders(moves []move) int {
	var at [2][]int
	for i, m := range moves {
		at[m.who] = append(at[m.who], i)
	}
	// fits: command i can go when so many of the other's have gone.
	fits := func(i, gone int) bool {
		for k, j := range at[1-moves[i].who] {
			if !moves[i].apart(moves[j]) && (j < i) != (k < gone) {
				return false
			}
		}
		return true
	}
	ways := make([][]int, len(at[0])+1)
	for a := range ways {
		ways[a] = make([]int, len(at[1])+1)
		for b := range ways[a] {
			if a == 0 && b == 0 {
				ways[a][b] = 1
			}
			if a > 0 && fits(at[0][a-1], b) {
				ways[a][b] += ways[a-1][b]
			}
			if b > 0 && fits(at[1][b-1], a) {
				ways[a][b] += ways[a][b-1]
			}
		}
	}
	return ways[len(at[0])][len(at[1])]
}
