package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// seconds is a flag's whole number, in decimal; pflag's own would also take
// 0x10, and 010 for 8.
type seconds int64

func (s *seconds) Set(text string) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return misuse("takes a whole number of seconds")
	}
	*s = seconds(n)
	return nil
}

func (s *seconds) String() string { return strconv.FormatInt(int64(*s), 10) }
func (s *seconds) Type() string   { return "SECONDS" }

// duration is s, or what a Duration reaches: 292 years.
func (s seconds) duration() time.Duration {
	const most = seconds(math.MaxInt64 / time.Second)
	return time.Duration(min(max(s, -most), most)) * time.Second
}

func (s seconds) words() string {
	if s == 1 {
		return "1 second"
	}
	return fmt.Sprintf("%d seconds", s)
}

// A moment is a flag's point in time. The zero moment is none.
type moment struct{ at time.Time }

func (m *moment) Set(text string) error {
	const last = 253402300799 // the end of the year 9999, and of Python's time
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > last {
		return misuse("takes a whole number of seconds since 1970, to the end of the year 9999")
	}
	m.at = time.Unix(n, 0)
	return nil
}

func (m *moment) String() string {
	if m.at.IsZero() {
		return ""
	}
	return strconv.FormatInt(m.at.Unix(), 10)
}

func (m *moment) Type() string { return "UNIX" }

// orClock returns the moment, or where there is none the clock's.
func (m *moment) orClock() time.Time {
	if m.at.IsZero() {
		return time.Now()
	}
	return m.at
}

// A choice is a flag that takes one of a few names; the zero T is its default.
type choice[T fmt.Stringer] struct {
	value T
	of    []T
}

func (c *choice[T]) names() []string {
	var names []string
	for _, v := range c.of {
		names = append(names, v.String())
	}
	return names
}

func (c *choice[T]) Set(text string) error {
	for _, v := range c.of {
		if v.String() == text {
			c.value = v
			return nil
		}
	}
	return misuse("takes one of " + strings.Join(c.names(), ", "))
}

func (c *choice[T]) String() string { return c.value.String() }
func (c *choice[T]) Type() string   { return "NAME" }

// addChoice gives cmd the flag, and shells its names to complete.
func addChoice[T fmt.Stringer](cmd *cobra.Command, c *choice[T], name, usage string) {
	cmd.Flags().Var(c, name, usage+": "+strings.Join(c.names(), ", "))
	complete := cobra.FixedCompletions(c.names(), cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
		panic(err) // the flag was made above
	}
}
