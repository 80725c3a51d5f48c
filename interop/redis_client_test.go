package interop

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A redisClient looks at a Redis past everything that is tested.
type redisClient struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func dialRedis(t *testing.T, addr string) *redisClient {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &redisClient{t, conn, bufio.NewReader(conn)}
}

// do gives a command's answer: text, an int64, nil, or a list of these.
func (c *redisClient) do(args ...any) any {
	c.t.Helper()
	command := fmt.Sprintf("*%d\r\n", len(args))
	for _, arg := range args {
		text := fmt.Sprint(arg)
		command += fmt.Sprintf("$%d\r\n%s\r\n", len(text), text)
	}
	_ = c.conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c.conn, command); err != nil {
		c.t.Fatal(err)
	}
	answer, err := c.read()
	if err != nil {
		c.t.Fatalf("redis: %v: %v", args[0], err)
	}
	return answer
}

func (c *redisClient) read() (any, error) {
	line, err := c.in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	kind, rest := line[0], strings.TrimSuffix(line[1:], "\r\n")
	switch kind {
	case '+':
		return rest, nil
	case '-':
		return nil, fmt.Errorf("it answered %s", rest)
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	switch {
	case err != nil || kind == ':':
		return n, err
	case n < 0:
		return nil, nil
	case kind == '$':
		data := make([]byte, n+2)
		_, err := io.ReadFull(c.in, data)
		return string(data[:n]), err
	}
	list := make([]any, n)
	for i := range list {
		if list[i], err = c.read(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// A redisRecord is what is under a key.
type redisRecord struct {
	data string
	left time.Duration
}

func (c *redisClient) records() map[string]redisRecord {
	c.t.Helper()
	records := map[string]redisRecord{}
	for _, key := range c.do("KEYS", "*").([]any) {
		data, there := c.do("GET", key).(string)
		left := time.Duration(c.do("PTTL", key).(int64)) * time.Millisecond
		if there && left != -2*time.Millisecond { // it has not expired in between
			records[key.(string)] = redisRecord{data, left}
		}
	}
	return records
}

// hits counts the keys that were found when somebody read them.
func (c *redisClient) hits() int {
	c.t.Helper()
	_, after, _ := strings.Cut(c.do("INFO", "stats").(string), "keyspace_hits:")
	text, _, _ := strings.Cut(after, "\r\n")
	n, err := strconv.Atoi(text)
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

// awaitRead waits until somebody has read a key since there were so many hits.
func (c *redisClient) awaitRead(hits int) {
	c.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); c.hits() == hits; {
		if time.Now().After(deadline) {
			c.t.Fatal("nobody read a session")
		}
	}
}
