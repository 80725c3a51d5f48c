package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// pair gives two ends of a connection: of TCP, where a caller alone reads its own
// answer, or of a pipe, where it never does.
func pair(t testing.TB, tcp bool) (here, there net.Conn) {
	if !tcp {
		return net.Pipe()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if here, err = net.Dial("tcp", l.Addr().String()); err == nil {
		there, err = l.Accept()
	}
	if err != nil {
		t.Fatal(err)
	}
	return here, there
}

// serve answers a client with these bytes, whatever it asks, and closes; the
// settings first, unless they are its own.
func serve(t testing.TB, answer string, own, tcp bool) *Node {
	t.Helper()
	n := &Node{Dial: func(context.Context) (net.Conn, error) {
		here, there := pair(t, tcp)
		go func() {
			in := bufio.NewReader(there)
			_, _ = in.ReadString('\n')
			if !own {
				_, _ = io.WriteString(there, "STAT item_size_max 1048576\r\nEND\r\n")
				_, _ = in.ReadString('\n')
			}
			go func() { _, _ = io.Copy(io.Discard, in) }()
			_, _ = io.WriteString(there, answer)
			if c, ok := there.(*net.TCPConn); ok {
				_ = c.CloseWrite() // what the client has sent meanwhile makes it no reset
				time.AfterFunc(time.Second, func() { _ = c.Close() })
				return
			}
			_ = there.Close()
		}()
		return here, nil
	}}
	t.Cleanup(n.Close)
	return n
}

const loadWords = " VA EN "

func ask(n *Node, want string) (Reply, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c, err := n.Conn(ctx)
	if err != nil {
		return Reply{}, err
	}
	return c.Do(ctx, want, []byte("mg k v c f t\r\n"))
}

func TestAnswers(t *testing.T) {
	for _, row := range []struct {
		answer string
		want   Reply // Word "": it is none, and the connection ends
	}{
		{"VA 3 c9 t100 s3 f0\r\nabc\r\n", Reply{Word: Value, Data: []byte("abc"), CAS: 9, Left: 100}},
		{"VA 0\r\n\r\n", Reply{Word: Value, Data: []byte{}}},
		{"VA 3 c18446744073709551615 f4294967295 t-1 W X Z\r\n\r\n\r\r\n", Reply{Word: Value, Data: []byte("\r\n\r"), CAS: 1<<64 - 1, Flags: 1<<32 - 1, Left: -1}},
		{"EN\r\n", Reply{Word: Miss}},
		{"SERVER_ERROR object too large for cache\r\n", Reply{Word: Failed, TooLarge: true}},
		{"SERVER_ERROR out of memory storing object\r\n", Reply{Word: Failed}},
		{"ERROR\r\n", Reply{Word: Unknown}},
		{"CLIENT_ERROR bad data chunk\r\n", Reply{}}, // what follows may be anything
		{"HD\r\n", Reply{}}, // no answer to this
		{"STORED\r\n", Reply{}},
		{"END\r\n", Reply{}},
		{"VALUE k 0 3\r\nabc\r\nEND\r\n", Reply{}},
		{"VA\r\n", Reply{}},
		{"VA x\r\n\r\n", Reply{}},
		{"VA -1\r\n\r\n", Reply{}},
		{"VA 2147483647\r\n", Reply{}},
		{"VA 99999999999999999999\r\n", Reply{}},
		{"VA 1073741824\r\nabc", Reply{}},
		{"VA 3\r\nabcd\r\n", Reply{}},
		{"VA 3\r\nab\r\n", Reply{}},
		{"VA 3 c\r\nabc\r\n", Reply{}},
		{"VA 3 f4294967296\r\nabc\r\n", Reply{}},
		{"VA 3 t-2\r\nabc\r\n", Reply{}},
		{"VA 3 t99999999999\r\nabc\r\n", Reply{}},
		{"EN\n", Reply{}},
		{"EN", Reply{}},
		{"", Reply{}},
		{"\r\n", Reply{}},
		{strings.Repeat("STAT a b\r\n", 2000), Reply{}},
		{strings.Repeat("x", 100_000), Reply{}},
		{"va 3\r\nabc\r\n", Reply{}},
	} {
		name := row.answer[:min(len(row.answer), 40)]
		got, err := ask(serve(t, row.answer, false, false), loadWords)
		alone, errAlone := ask(serve(t, row.answer, false, true), loadWords)
		if row.want.Word == "" {
			if !errors.Is(err, ErrLost) || !errors.Is(errAlone, ErrLost) {
				t.Errorf("%q: got %+v, %v, and alone %v, want %v", name, got, err, errAlone, ErrLost)
			}
			continue
		}
		if !reflect.DeepEqual(got, alone) || errAlone != nil {
			t.Errorf("%q: got %+v, and alone %+v, %v", name, got, alone, errAlone)
		}
		if err != nil || got.Word != row.want.Word || !bytes.Equal(got.Data, row.want.Data) || got.CAS != row.want.CAS ||
			got.Flags != row.want.Flags || got.Left != row.want.Left || got.TooLarge != row.want.TooLarge {
			t.Errorf("%q: got %+v, %v, want %+v", name, got, err, row.want)
		}
	}
}

// A size is only a claim: no room is made for what doesn't come.
func TestAClaimedSizeTakesNoMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 20 {
		if _, err := ask(serve(t, "VA 1000000000\r\nabc", false, true), loadWords); !errors.Is(err, ErrLost) {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 100<<20 {
		t.Errorf("%d bytes", got)
	}
}

// Whatever a server answers: each of many callers gets an answer of a form that
// it asked for, or an error, and no caller is left waiting.
func FuzzAnswers(f *testing.F) {
	for _, s := range []string{
		"EN\r\nVA 3 c1 f0 t-1\r\nabc\r\nEN\r\n", "STAT item_size_max 5\r\nEND\r\nEN\r\n", "VA 2 c1\r\n\r\n\r\nERROR\r\nEN\r\n",
		"SERVER_ERROR too large\r\n", "CLIENT_ERROR\r\n", "VA 1000000000\r\n", "STAT item_size_max -1\r\nEND\r\n", "END\r\nEND\r\n",
	} {
		f.Add(s, true, true)
		f.Add(s, false, true)
		f.Add(s, false, false)
	}
	f.Fuzz(func(t *testing.T, answer string, own, tcp bool) {
		n := serve(t, answer, own, tcp)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				begun := time.Now()
				got, err := ask(n, loadWords)
				if time.Since(begun) > 4*time.Second {
					t.Error("a caller waited until its context ended")
				}
				switch {
				case err != nil && got.Word != "":
					t.Errorf("both an answer and %v", err)
				case err == nil && !strings.Contains(" VA EN ERROR SERVER_ERROR ", " "+got.Word+" "):
					t.Errorf("the answer %q to what can't have it", got.Word)
				case len(got.Data) > len(answer):
					t.Errorf("%d bytes of %d", len(got.Data), len(answer))
				}
			})
		}
		all.Wait()
	})
}

// Of many callers each gets its own answer, also when some of them give up.
func TestEachGetsItsOwn(t *testing.T) {
	for _, tcp := range []bool{true, false} {
		for _, callers := range []int{1, 2, 64} {
			eachGetsItsOwn(t, tcp, callers)
		}
	}
}

func eachGetsItsOwn(t *testing.T, tcp bool, callers int) {
	n := &Node{Dial: func(context.Context) (net.Conn, error) {
		here, there := pair(t, tcp)
		go func() {
			in := bufio.NewReader(there)
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				answer := "END\r\n"
				if key, ok := strings.CutPrefix(line, "mg "); ok {
					key = strings.TrimSpace(key)
					answer = "VA " + string(rune('0'+len(key))) + "\r\n" + key + "\r\n"
				}
				if _, err := io.WriteString(there, answer); err != nil {
					return
				}
			}
		}()
		return here, nil
	}}
	t.Cleanup(n.Close)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			key := string(rune('a'+i%26)) + string(rune('a'+i/26))
			for round := range 200 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				if round%5 == 4 {
					time.AfterFunc(time.Duration(i)*time.Microsecond, cancel)
				}
				c, err := n.Conn(ctx)
				if err == nil {
					var got Reply
					if got, err = c.Do(ctx, loadWords, []byte("mg "), []byte(key), []byte("\r\n")); err == nil && string(got.Data) != key {
						t.Errorf("got the answer of %s in place of %s", got.Data, key)
					}
				}
				if err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	all.Wait()
}

// A server that vanished without a word is given up after a while, and connected
// to anew.
func TestASilentConnectionEnds(t *testing.T) {
	dialled := 0
	n := &Node{Dial: func(context.Context) (net.Conn, error) {
		dialled++
		silent := dialled == 1
		here, there := net.Pipe()
		go func() {
			in := bufio.NewReader(there)
			for answer := "END\r\n"; ; answer = "EN\r\n" {
				if _, err := in.ReadString('\n'); err != nil {
					return
				}
				if answer == "EN\r\n" && silent {
					continue
				}
				_, _ = io.WriteString(there, answer)
			}
		}()
		return here, nil
	}}
	t.Cleanup(n.Close)
	begun := time.Now()
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		c, err := n.Conn(ctx)
		if err == nil {
			_, err = c.Do(ctx, loadWords, []byte("mg k\r\n"))
		}
		cancel()
		if took := time.Since(begun); err == nil && took > hung/2 {
			return
		} else if took > 2*hung {
			t.Fatalf("no answer after %v: %v", took, err)
		}
	}
}

// A caller returns as its context ends, wherever in an answer the server stops; who
// comes later gets the right answer once it goes on.
func TestAnswersInPieces(t *testing.T) {
	const answer = "VA 5 c1\r\nhello\r\n"
	for cut := range len(answer) {
		goOn := make(chan struct{})
		n := &Node{Dial: func(context.Context) (net.Conn, error) {
			here, there := pair(t, true)
			go func() {
				in := bufio.NewReader(there)
				_, _ = in.ReadString('\n')
				_, _ = io.WriteString(there, "END\r\n")
				_, _ = in.ReadString('\n')
				_, _ = io.WriteString(there, answer[:cut])
				<-goOn
				_, _ = io.WriteString(there, answer[cut:])
				_, _ = in.ReadString('\n')
				_, _ = io.WriteString(there, "VA 5 c2\r\nworld\r\n")
			}()
			return here, nil
		}}
		t.Cleanup(n.Close)
		c, err := n.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		returned := make(chan error, 1)
		go func() {
			_, err := c.Do(ctx, loadWords, []byte("mg k\r\n"))
			returned <- err
		}()
		select {
		case err := <-returned:
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("after %d bytes: %v, want the deadline", cut, err)
			}
		case <-time.After(2 * time.Second):
			t.Errorf("after %d bytes: a caller waits after its context ended", cut)
		}
		cancel()
		close(goOn)
		if got, err := c.Do(t.Context(), loadWords, []byte("mg k\r\n")); err != nil || string(got.Data) != "world" {
			t.Errorf("after %d bytes: then %q, %v", cut, got.Data, err)
		}
	}
}
