package bench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// connections are how many visitors ask a served lab at once, each over one
// connection that is kept.
const connections = 8

// ServeLab starts Dewar's lab with these settings and gives its URL. It ends
// with tb.
func ServeLab(tb testing.TB, env []string) string {
	tb.Helper()
	program := filepath.Join(tb.TempDir(), "lab")
	build := exec.Command("go", "build", "-C", filepath.Join(home(), "interop"), "-o", program, "./lab")
	if out, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("bench: building the lab: %v: %s", err, out)
	}
	cmd := exec.Command(program)
	cmd.Env = append(env, "PORT=0", "LAB_STDIN=1", "SECRET_KEY="+key)
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	start(tb, cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	_, url, ok := strings.Cut(strings.TrimSpace(line), "http://")
	if err != nil || !ok {
		tb.Fatalf("bench: the lab said %q, %v", line, err)
	}
	return "http://" + url
}

// ServeFlask starts the Flask lab on gunicorn, with two workers of eight
// threads, and gives its URL. It ends with tb.
func ServeFlask(tb testing.TB, env []string) string {
	tb.Helper()
	python := os.Getenv("DEWAR_PYTHON")
	if python == "" {
		tb.Fatalf("bench: DEWAR_PYTHON names no Python with Flask-Session and gunicorn")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	addr := free.Addr().String()
	_ = free.Close()
	cmd := exec.Command(python, "-m", "gunicorn", "--chdir", filepath.Join(home(), "interop", "lab", "flask"),
		"--workers", "2", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "60", "--log-level", "error", "--bind", addr, "wsgi:app")
	cmd.Env = append(env, "SECRET_KEY="+key)
	start(tb, cmd)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get("http://" + addr + "/idle")
		if err == nil {
			_ = res.Body.Close()
			return "http://" + addr
		}
		if time.Now().After(end) {
			tb.Fatalf("bench: gunicorn doesn't answer: %v", err)
		}
	}
}

func home() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(file))
}

func start(tb testing.TB, cmd *exec.Cmd) {
	tb.Helper()
	if _, err := cmd.StdinPipe(); err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		end := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		end.Stop()
	})
}

// Race has visitors send one request again and again, first to one lab and then
// to the other, and gives the medians of the requests per second.
func Race(a, b, ops string, rounds int, slice time.Duration) (ofA, ofB float64, err error) {
	var rates [2][]float64
	for round := range rounds {
		for i, url := range []string{a, b} {
			if round%2 == 1 { // each is first as often
				i, url = 1-i, []string{b, a}[i]
			}
			rate, err := rush(url, ops, slice)
			if err != nil {
				return 0, 0, err
			}
			rates[i] = append(rates[i], rate)
		}
	}
	for i := range rates {
		slices.Sort(rates[i])
	}
	return rates[0][rounds/2], rates[1][rounds/2], nil
}

// rush counts the answers to visitors who each ask as soon as they are answered.
func rush(url, ops string, slice time.Duration) (perSecond float64, err error) {
	var answers atomic.Int64
	var all sync.WaitGroup
	errs := make(chan error, connections)
	begin := make(chan struct{})
	end := make(chan struct{})
	for range connections {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
		cookie, err := post(client, url, "", `[["set","user",4242],["set","name","alice"],["set","n",0]]`)
		if err != nil {
			return 0, err
		}
		all.Go(func() {
			defer client.CloseIdleConnections()
			<-begin
			for {
				select {
				case <-end:
					return
				default:
				}
				if _, err := post(client, url, cookie, ops); err != nil {
					errs <- err
					return
				}
				answers.Add(1)
			}
		})
	}
	started := time.Now()
	close(begin)
	time.Sleep(slice)
	close(end)
	took := time.Since(started)
	n := answers.Load()
	all.Wait()
	select {
	case err := <-errs:
		return 0, err
	default:
		return float64(n) / took.Seconds(), nil
	}
}

func post(client *http.Client, url, cookie, ops string) (set string, err error) {
	req, err := http.NewRequest(http.MethodPost, url+"/ops", strings.NewReader(ops))
	if err != nil {
		return "", err
	}
	if cookie != "" {
		req.Header["Cookie"] = []string{cookie}
	}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("bench: status %d: %w", res.StatusCode, err)
	}
	set, _, _ = strings.Cut(res.Header.Get("Set-Cookie"), ";")
	return set, nil
}
