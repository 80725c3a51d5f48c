package bench

import (
	"log"
	"os"
	"slices"
	"testing"
)

// A Program stands in for a test where a program uses what is made for tests:
// what fails ends it. Methods that it hasn't panic.
type Program struct {
	testing.TB
	cleanups []func()
}

// Helper does nothing.
func (p *Program) Helper() {}

// Cleanup has Close call f.
func (p *Program) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

// Fatal cleans up and ends the program.
func (p *Program) Fatal(args ...any) {
	p.Close()
	log.Fatal(args...)
}

// Fatalf is Fatal with a format.
func (p *Program) Fatalf(format string, args ...any) {
	p.Close()
	log.Fatalf(format, args...)
}

// Skipf is Fatalf: a program is not run to be skipped.
func (p *Program) Skipf(format string, args ...any) { p.Fatalf(format, args...) }

// TempDir is a folder that Close removes.
func (p *Program) TempDir() string {
	dir, err := os.MkdirTemp("", "dewar-bench")
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// Close cleans up, what was begun last first.
func (p *Program) Close() {
	for _, f := range slices.Backward(p.cleanups) {
		f()
	}
	p.cleanups = nil
}
