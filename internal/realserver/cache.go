//go:build unix

package realserver

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Cache starts an nginx that is a shared cache in front of an HTTP server, upstream
// (host:port). It keeps what it is allowed to, responses with cookies too, which a
// careful one wouldn't, and says in X-Cache whether it had an answer: MISS, HIT,
// REVALIDATED and so on.
func Cache(t testing.TB, upstream string) *Server {
	t.Helper()
	program := find(t, "nginx")
	for tries := 5; ; tries-- {
		port, err := freePort()
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{Addr: net.JoinHostPort("127.0.0.1", port), Dir: tempDir(t), t: t, program: program}
		s.answers = func() bool {
			conn, err := net.DialTimeout("tcp", s.Addr, time.Second)
			if err == nil {
				conn.Close()
			}
			return err == nil
		}
		conf := filepath.Join(s.Dir, "nginx.conf")
		if err := os.WriteFile(conf, fmt.Appendf(nil, cacheConf, s.Addr, upstream), 0o600); err != nil {
			t.Fatal(err)
		}
		s.args = []string{"-p", s.Dir, "-c", conf, "-e", "stderr"}
		t.Cleanup(s.Stop)
		if err = s.start(); err == nil {
			return s
		}
		if tries == 1 || !strings.Contains(err.Error(), "in use") {
			t.Fatal(err)
		}
	}
}

// cacheConf is one process without an account of its own; paths are within Dir.
const cacheConf = `
daemon off;
master_process off;
pid pid;
events {}
http {
	access_log off;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	proxy_cache_path cache keys_zone=pages:1m;
	server {
		listen %s;
		location / {
			proxy_pass http://%s;
			proxy_cache pages;
			proxy_cache_revalidate on;
			proxy_ignore_headers Set-Cookie;
			add_header X-Cache $upstream_cache_status always;
		}
	}
}
`
