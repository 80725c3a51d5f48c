package dewar_test

import (
	"io"
	"log/slog"
)

// captureSlog sends the default logger to w until the function it returns is
// called.
func captureSlog(w io.Writer) func() {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(w, nil)))
	return func() { slog.SetDefault(before) }
}
