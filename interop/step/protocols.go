package step

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"strings"
)

// A Command is what a client sends for one answer, to its last byte.
type Command struct {
	Bytes []byte
	Name  string // its first word, in upper case; of a script the beginning of its digest too
	Free  bool   // it does nothing, and a client may send it at any time: it is never held
}

// A Protocol gives what reads the commands of one connection.
type Protocol func() func(*bufio.Reader) (Command, error)

var errCommand = errors.New("step: not a command")

// line reads up to the end of a line.
func (c *Command) line(in *bufio.Reader) (string, error) {
	b, err := in.ReadBytes('\n')
	c.Bytes = append(c.Bytes, b...)
	return strings.TrimRight(string(b), "\r\n"), err
}

// take reads so many bytes.
func (c *Command) take(in io.Reader, n int) ([]byte, error) {
	if n < 0 || n > 1<<26 {
		return nil, errCommand
	}
	start := len(c.Bytes)
	c.Bytes = append(c.Bytes, make([]byte, n)...)
	_, err := io.ReadFull(in, c.Bytes[start:])
	return c.Bytes[start:], err
}

// Redis is RESP: a command is an array of strings.
func Redis() func(*bufio.Reader) (Command, error) { return redis }

func redis(in *bufio.Reader) (c Command, err error) {
	count, err := c.length(in, '*')
	if err != nil {
		return c, err
	}
	words := make([]string, count)
	for i := range words {
		size, err := c.length(in, '$')
		if err != nil {
			return c, err
		}
		word, err := c.take(in, size+2)
		if err != nil {
			return c, err
		}
		words[i] = string(word[:size])
	}
	if count == 0 {
		return c, errCommand
	}
	c.Name = strings.ToUpper(words[0])
	c.Free = c.Name == "PING"
	if c.Name == "EVALSHA" && count > 1 {
		c.Name += " " + words[1][:min(7, len(words[1]))]
	}
	return c, nil
}

// length reads a line of a mark and a number.
func (c *Command) length(in *bufio.Reader, mark byte) (int, error) {
	line, err := c.line(in)
	if err != nil {
		return 0, err
	}
	if line == "" || line[0] != mark {
		return 0, errCommand
	}
	n, err := strconv.ParseUint(line[1:], 10, 20)
	return int(n), err
}

// Memcached is its text protocol, with and without meta commands: a line, and
// for those that store a block of data.
func Memcached() func(*bufio.Reader) (Command, error) { return memcached }

// blocks says which word of a line is the size of the block that follows.
var blocks = map[string]int{"set": 4, "add": 4, "replace": 4, "append": 4, "prepend": 4, "cas": 4, "ms": 2}

func memcached(in *bufio.Reader) (c Command, err error) {
	line, err := c.line(in)
	if err != nil {
		return c, err
	}
	words := strings.Fields(line)
	if len(words) == 0 {
		return c, errCommand
	}
	c.Name = strings.ToUpper(words[0])
	at, block := blocks[words[0]]
	if !block {
		return c, nil
	}
	if len(words) <= at {
		return c, errCommand
	}
	size, err := strconv.ParseUint(words[at], 10, 26)
	if err != nil {
		return c, errCommand
	}
	_, err = c.take(in, int(size)+2)
	return c, err
}

// PostgreSQL is its protocol, version 3, without TLS: a command is a Query, or
// all messages up to a Sync. What only prepares a statement is called PREPARE.
func PostgreSQL() func(*bufio.Reader) (Command, error) {
	started, prepared := false, map[string]string{} // the first words of statements
	return func(in *bufio.Reader) (c Command, err error) {
		if !started { // the first message has no type
			body, err := c.message(in)
			if err != nil || len(body) < 4 {
				return c, errors.Join(errCommand, err)
			}
			code := binary.BigEndian.Uint32(body)
			started = code != 80877103 && code != 80877104 // it asks for TLS, or GSSAPI's
			c.Name = "STARTUP"
			return c, nil
		}
		for {
			kind, err := c.take(in, 1)
			if err != nil {
				return c, err
			}
			what := kind[0]
			body, err := c.message(in)
			if err != nil {
				return c, err
			}
			switch texts := strings.Split(string(body), "\x00"); what {
			case 'P':
				if len(texts) < 2 {
					return c, errCommand
				}
				prepared[texts[0]] = firstWord(texts[1])
				c.Name = "PREPARE"
			case 'B':
				if len(texts) < 2 {
					return c, errCommand
				}
				c.Name = prepared[texts[1]]
			case 'Q':
				c.Name = firstWord(texts[0])
				c.Free = c.Name == "--" // a comment, as pgx's ping
				return c, nil
			case 'X':
				c.Name, c.Free = "TERMINATE", true
				return c, nil
			case 'S', 'H', 'p', 'F':
				return c, nil
			}
		}
	}
}

// message reads a length, which counts itself, and what it is the length of.
func (c *Command) message(in io.Reader) ([]byte, error) {
	size, err := c.take(in, 4)
	if err != nil {
		return nil, err
	}
	return c.take(in, int(binary.BigEndian.Uint32(size))-4)
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return strings.ToUpper(word)
}
