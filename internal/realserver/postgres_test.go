//go:build unix

package realserver

import (
	"testing"
)

// The databases answer, come back after a Stop, and answer nobody in between.
func TestDatabases(t *testing.T) {
	for name, start := range map[string]func(testing.TB, ...string) *Server{"PostgreSQL": PostgreSQL, "MariaDB": MariaDB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			for range 2 {
				s.Stop()
				if s.answers() {
					t.Error("it answers after a Stop")
				}
				s.Start()
			}
			if again := start(t); again.Addr == s.Addr || !again.answers() || !s.answers() {
				t.Error("two can't run at once")
			}
		})
	}
}
