package cli

import (
	"fmt"
	"io"
	"strings"
)

const maxInput = 1 << 20

// valueOf returns the value that arg stands for: itself, or for "-" what is on
// stdin without the line ends around it.
func valueOf(stdin io.Reader, arg string) (string, error) {
	if arg != "-" {
		return arg, nil
	}
	text, err := readAll(stdin)
	return strings.Trim(string(text), "\r\n"), err
}

// readAll reads to the end. More than maxInput bytes are refused as too-large.
func readAll(stdin io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(stdin, maxInput+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("stdin: %w", err)
	case len(text) > maxInput:
		return nil, &refusal{"too-large", fmt.Sprintf("over %d bytes on stdin", maxInput)}
	}
	return text, nil
}
