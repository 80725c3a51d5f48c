// Package msgspec asks the Python library that Flask-Session encodes with, for
// tests.
package msgspec

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

//go:embed peer.py
var program string

// ErrNone says that there is no Python with msgspec.
var ErrNone = errors.New("msgspec: no Python with msgspec here: set DEWAR_PYTHON to one to compare with it")

// A Peer is a Python process with msgspec in it.
type Peer struct {
	Version string // of msgspec

	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

// An Answer is what msgspec makes of some bytes.
type Answer struct {
	Error   string // the exception; empty if the bytes are a value
	Msgpack *Hex   // the value again, maps sorted; nil if the format can't hold it
	JSON    *Hex
	Odd     bool // an extension, or a map with keys that aren't text, is in it
}

// Hex are bytes that are written as hex digits.
type Hex []byte

// UnmarshalText reads the digits.
func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// Start starts the interpreter that DEWAR_PYTHON names, python3 if it is empty.
// The error is [ErrNone] if that has no msgspec.
func Start() (*Peer, error) {
	python := os.Getenv("DEWAR_PYTHON")
	if python == "" {
		python = "python3"
	}
	p := &Peer{cmd: exec.Command(python, "-c", program)}
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = json.NewDecoder(out)
	if p.cmd.Start() != nil {
		return nil, ErrNone
	}
	if p.out.Decode(p) != nil {
		p.Stop()
		return nil, ErrNone
	}
	return p, nil
}

// Stop ends the process and waits for it.
func (p *Peer) Stop() {
	p.in.Close()
	p.cmd.Wait()
}

// Ask returns an answer for each of data, which is in the format "msgpack" or
// "json".
func (p *Peer) Ask(format string, data [][]byte) ([]Answer, error) {
	questions := make([][2]string, len(data))
	for i, d := range data {
		questions[i] = [2]string{format, hex.EncodeToString(d)}
	}
	if err := json.NewEncoder(p.in).Encode(questions); err != nil {
		return nil, err
	}
	var answers []Answer
	if err := p.out.Decode(&answers); err != nil {
		return nil, err
	}
	if len(answers) != len(questions) {
		return nil, fmt.Errorf("msgspec: %d answers to %d questions", len(answers), len(questions))
	}
	return answers, nil
}
