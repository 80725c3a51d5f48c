// Package wire speaks to one memcached: commands of many callers over one
// connection, answered in order.
package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// The first words of answers.
const (
	Value     = "VA"
	Header    = "HD"
	Miss      = "EN"
	Absent    = "NF"
	Changed   = "EX"
	Stored    = "STORED"
	NotStored = "NOT_STORED"
	Exists    = "EXISTS"
	NotFound  = "NOT_FOUND"
	Deleted   = "DELETED"
	Touched   = "TOUCHED"
	End       = "END"
	Unknown   = "ERROR"        // the server doesn't know the command
	Bad       = "CLIENT_ERROR" // nor its form: what it takes for the next command is anybody's guess, so the connection ends
	Failed    = "SERVER_ERROR"
)

// A Reply is a server's answer.
type Reply struct {
	Word     string // one of the above
	Data     []byte // of Value
	CAS      uint64
	Flags    uint32
	Left     int64 // seconds; -1: for ever
	TooLarge bool  // of Failed: the item is too large
	ItemMax  int   // of the settings: the most bytes of an item and what the server adds; 0: it didn't say
	NoCAS    bool  // of the settings: items have no cas, so nothing can be compared
}

// errReply says that what came is no answer. It quotes nothing: it may be
// somebody's data.
var errReply = errors.New("the server's answer makes no sense")

const (
	maxLine = 2048    // of an answer; readers have buffers of at least this
	maxData = 1 << 30 // memcached's own limit of -I
	chunk   = 1 << 20 // what is made room for before it has come
)

// words are all that an answer may begin with.
var words = [...]string{
	Value, Header, Miss, Absent, Changed, Stored, NotStored, Exists, NotFound, Deleted, Touched, End, Unknown, Bad, Failed,
}

// read reads one answer.
func (r *Reply) read(in *bufio.Reader) error {
	*r = Reply{}
	for range 1000 { // lines of settings
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		line, ok := bytes.CutSuffix(line, []byte("\r\n"))
		if !ok || len(line) > maxLine {
			return errReply
		}
		word, rest, _ := bytes.Cut(line, []byte(" "))
		if string(word) != "STAT" {
			return r.rest(in, word, rest)
		}
		switch name, value, _ := bytes.Cut(rest, []byte(" ")); string(name) {
		case "item_size_max":
			if r.ItemMax, err = strconv.Atoi(string(value)); err != nil || r.ItemMax < 0 {
				return errReply
			}
		case "cas_enabled":
			r.NoCAS = string(value) == "no"
		}
	}
	return errReply
}

// rest reads what follows an answer's first word.
func (r *Reply) rest(in *bufio.Reader, word, rest []byte) error {
	for _, w := range words {
		if string(word) == w {
			r.Word = w
		}
	}
	size := 0
	switch r.Word {
	case "":
		return errReply
	case Failed:
		r.TooLarge = bytes.Contains(rest, []byte("too large"))
		return nil
	case Unknown, Bad:
		return nil
	case Value:
		text, flags, _ := bytes.Cut(rest, []byte(" "))
		n, err := strconv.ParseUint(string(text), 10, 31)
		if err != nil || n > maxData {
			return errReply
		}
		size, rest = int(n), flags
	}
	for len(rest) > 0 {
		var flag []byte
		flag, rest, _ = bytes.Cut(rest, []byte(" "))
		if len(flag) > 0 && !r.flag(flag[0], string(flag[1:])) {
			return errReply
		}
	}
	if r.Word != Value {
		return nil
	}
	return r.data(in, size)
}

// flag reads one of the values that were asked for.
func (r *Reply) flag(name byte, value string) bool {
	var err error
	switch name {
	case 'c':
		r.CAS, err = strconv.ParseUint(value, 10, 64)
	case 'f':
		var flags uint64
		flags, err = strconv.ParseUint(value, 10, 32)
		r.Flags = uint32(flags)
	case 't':
		r.Left, err = strconv.ParseInt(value, 10, 64)
		if r.Left < -1 || r.Left > 1<<32 {
			return false
		}
	}
	return err == nil
}

// data reads so many bytes. Room is made as they come: a size is only a claim.
func (r *Reply) data(in *bufio.Reader, size int) error {
	r.Data = make([]byte, 0, min(size, chunk))
	for len(r.Data) < size {
		from := len(r.Data)
		if from == cap(r.Data) {
			r.Data = append(r.Data, 0)[:from]
		}
		r.Data = r.Data[:min(size, cap(r.Data))]
		if _, err := io.ReadFull(in, r.Data[from:]); err != nil {
			return err
		}
	}
	var end [2]byte
	if _, err := io.ReadFull(in, end[:]); err != nil {
		return err
	}
	if end != [2]byte{'\r', '\n'} {
		return errReply
	}
	return nil
}
