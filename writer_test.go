package dewar_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

// serve runs a handler on a real server and returns its address.
func serve(t *testing.T, h http.Handler) string {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// Whichever way the first byte comes, the cookie comes before it.
func TestCookieComesBeforeTheFirstByte(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]http.HandlerFunc{
		"nothing written": func(http.ResponseWriter, *http.Request) {},
		"Write":           func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "x") },
		"WriteString":     func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "x") },
		"WriteHeader":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"Flush":           func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush() },
		"ResponseController.Flush": func(w http.ResponseWriter, _ *http.Request) {
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		},
		"ServeFile": func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) },
		"Redirect":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/idle", http.StatusFound) },
		"Error":     func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) },
	} {
		t.Run(name, func(t *testing.T) {
			m := manager(t, nil)
			url := serve(t, m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/idle" {
					return
				}
				dewar.From(r.Context()).Set("a", 1)
				f(w, r)
			})))
			client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			res, err := client.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if len(res.Header["Set-Cookie"]) != 1 || res.Header.Get("Vary") != "Cookie" || res.Header.Get("Cache-Control") != "private" {
				t.Errorf("headers: %v", res.Header)
			}
		})
	}
}

// 103 Early Hints is not the response: what is set after it counts.
func TestEarlyHintsArentTheResponse(t *testing.T) {
	m := manager(t, nil)
	url := serve(t, m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		dewar.From(r.Context()).Set("a", 1)
		fmt.Fprint(w, "page")
	})))
	var hints int
	req, _ := http.NewRequestWithContext(httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			hints++
			if code != 103 || h.Get("Set-Cookie") != "" {
				t.Errorf("hint %d with %v", code, h)
			}
			return nil
		},
	}), "GET", url, nil)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if hints != 1 || cookieOf(res) == "" {
		t.Errorf("%d hints, headers %v", hints, res.Header)
	}
}

// A session that can't be saved sends an error page and nothing of the
// handler's.
func TestFailedSaveSendsNothingOfTheHandlers(t *testing.T) {
	for name, write := range map[string]func(w http.ResponseWriter) error{
		"Write":       func(w http.ResponseWriter) error { _, err := fmt.Fprint(w, "secret page"); return err },
		"WriteString": func(w http.ResponseWriter) error { _, err := io.WriteString(w, "secret page"); return err },
		"ReadFrom": func(w http.ResponseWriter) error {
			_, err := io.Copy(w, struct{ io.Reader }{strings.NewReader("secret page")})
			return err
		},
		"Flush": func(w http.ResponseWriter) error { return http.NewResponseController(w).Flush() },
	} {
		t.Run(name, func(t *testing.T) {
			m := manager(t, nil)
			url := serve(t, m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				dewar.From(r.Context()).Set("big", strings.Repeat("0123456789abcdef\n"+r.Host, 1)+random(9000))
				w.Header().Set("Content-Length", "11")
				w.Header().Set("Etag", `"x"`)
				for range 2 { // a handler that doesn't look goes on
					if err := write(w); !errors.Is(err, dewar.ErrNotSaved) {
						t.Errorf("the handler was told %v", err)
					}
				}
				w.WriteHeader(http.StatusOK)
			})))
			res, body := get(t, url)
			if res.StatusCode != 500 || strings.Contains(body, "secret") || cookieOf(res) != "" || res.Header.Get("Etag") != "" {
				t.Errorf("%d %q %v", res.StatusCode, body, res.Header)
			}
		})
	}
}

func TestCookieSizeErrorIsTyped(t *testing.T) {
	var got error
	m := manager(t, func(o *dewar.Options) {
		o.OnError = func(w http.ResponseWriter, _ *http.Request, err error) { got = err; w.WriteHeader(507) }
	})
	res := do(m.Wrap(view(func(s *dewar.Session) { s.Set("big", random(9000)) })))
	var size *dewar.CookieSizeError
	if !errors.As(got, &size) || size.Limit != 4093 || size.Size < 9000 || res.StatusCode != 507 || !errors.Is(got, dewar.ErrTooLarge) {
		t.Errorf("%d, %v", res.StatusCode, got)
	}
}

// random gives text that doesn't compress well.
func random(n int) string {
	var b strings.Builder
	x := uint32(2463534242)
	for b.Len() < n {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[x%64])
	}
	return b.String()
}

// A write after the body began can't reach a cookie; that is seen.
func TestWriteAfterTheBodyIsSeen(t *testing.T) {
	var seen recorder
	m := manager(t, func(o *dewar.Options) { o.Observer = dewar.Patient(&seen) })
	res := do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "body")
		s := dewar.From(r.Context())
		s.Set("late", 1)
		if !errors.Is(s.Err(), dewar.ErrTooLate) {
			t.Errorf("Err: %v", s.Err())
		}
	})))
	if cookieOf(res) != "" || len(seen.events) != 1 || !errors.Is(seen.events[0].Err, dewar.ErrTooLate) {
		t.Errorf("headers %v, events %v", res.Header, seen.events)
	}
}

// The writer keeps what the one below can do.
func TestWriterKeepsReaderFromHijackAndDeadlines(t *testing.T) {
	m := manager(t, nil)
	mux := http.NewServeMux()
	var readFrom bool
	mux.HandleFunc("/copy", func(w http.ResponseWriter, r *http.Request) {
		_, readFrom = w.(io.ReaderFrom)
		if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		n, err := io.Copy(w, strings.NewReader("copied"))
		if n != 6 || err != nil {
			t.Error(n, err)
		}
	})
	mux.HandleFunc("/hijack", func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		rw.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
		rw.Flush()
		if _, err := w.Write([]byte("x")); !errors.Is(err, http.ErrHijacked) {
			t.Errorf("Write after Hijack: %v", err)
		}
	})
	url := serve(t, m.Wrap(mux))
	if _, body := get(t, url+"/copy"); body != "copied" || !readFrom {
		t.Errorf("%q, ReaderFrom %v", body, readFrom)
	}
	if _, body := get(t, url+"/hijack"); body != "hi" {
		t.Errorf("%q", body)
	}
}

// sendfile needs the ReaderFrom of the writer below to be the one that reads.
func TestReadFromReachesTheWriterBelow(t *testing.T) {
	below := &readerFrom{ResponseWriter: httptest.NewRecorder()}
	m := manager(t, nil)
	m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(w, struct{ io.Reader }{strings.NewReader("x")})
	})).ServeHTTP(below, httptest.NewRequest("GET", "/", nil))
	if !below.used {
		t.Error("io.Copy went through a buffer")
	}
}

type readerFrom struct {
	http.ResponseWriter
	used bool
}

func (r *readerFrom) ReadFrom(src io.Reader) (int64, error) {
	r.used = true
	return io.Copy(r.ResponseWriter, src)
}

// An upgrade by WriteHeader(101) carries the cookie; one by Hijack can't, and
// what is lost by it is seen.
func TestUpgrade(t *testing.T) {
	var seen recorder
	m := manager(t, func(o *dewar.Options) { o.Observer = dewar.Patient(&seen) })
	var handlers sync.WaitGroup // a server doesn't wait for hijacked connections
	handlers.Add(2)
	wrapped := m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dewar.From(r.Context()).Set("a", 1)
		if r.URL.Path == "/101" {
			w.Header().Set("Upgrade", "x")
			w.Header().Set("Connection", "Upgrade")
			w.WriteHeader(http.StatusSwitchingProtocols)
		}
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		if r.URL.Path != "/101" {
			rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
			rw.Flush()
		}
		conn.Close()
	}))
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer handlers.Done()
		wrapped.ServeHTTP(w, r)
	}))
	for path, want := range map[string]bool{"/101": true, "/hijack": false} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", path)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(path, err)
		}
		if got := cookieOf(res) != ""; got != want || res.StatusCode != 101 {
			t.Errorf("%s: %d, cookie %v", path, res.StatusCode, got)
		}
		conn.Close()
	}
	handlers.Wait()
	if got := seen.kinds(); got != "pending:save" {
		t.Errorf("events: %s", got)
	}
}

// A panic goes its way. Native rules save nothing of it; under Flask's the
// error page of whoever recovers carries the session.
func TestPanic(t *testing.T) {
	for _, rules := range []dewar.Rules{dewar.Native, dewar.Flask} {
		m := manager(t, func(o *dewar.Options) { o.Rules = rules })
		h := m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			dewar.From(r.Context()).Set("a", 1)
			panic("boom")
		}))
		res := do(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if v := recover(); v != "boom" {
					t.Errorf("recovered %v", v)
				}
				w.WriteHeader(500)
			}()
			h.ServeHTTP(w, r)
		}))
		if got, want := cookieOf(res) != "", rules == dewar.Flask; got != want {
			t.Errorf("rules %d: cookie %v", rules, got)
		}
	}
}

// What a real server prints of a session that failed holds nothing of it.
func TestNothingOfTheSessionIsLogged(t *testing.T) {
	var log bytes.Buffer
	restore := captureSlog(&log)
	defer restore()
	m := manager(t, func(o *dewar.Options) { o.Observer = dewar.Patient(nil) })
	const content = "p4ssw0rd-of-somebody"
	do(m.Wrap(view(func(s *dewar.Session) { s.Set("k", content+random(9000)) })))
	do(m.Wrap(view(func(s *dewar.Session) { s.Set(content, func() {}) })))
	do(m.Wrap(view(func(s *dewar.Session) {})), "__Host-session="+content+"."+content)
	if log.Len() == 0 || strings.Contains(log.String(), content) {
		t.Errorf("log: %s", log.String())
	}
}
