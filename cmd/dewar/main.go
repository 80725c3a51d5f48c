// Dewar looks into sessions from the command line: dewar --help says how.
package main

import (
	"context"
	"os"

	"github.com/dewar-go/dewar/cmd/dewar/internal/cli"
)

func main() {
	os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Env{
		Stdin:  os.Stdin,
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Getenv: os.Getenv,
	}))
}
