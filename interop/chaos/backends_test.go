package chaos

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/faultproxy"
	"github.com/dewar-go/dewar/internal/realserver"
)

var backends = []backend{
	{"files", files},
	{"SQLite", sqlite},
	{"Redis", redis},
	{"Redis, nothing on disk", forgetful},
	{"Redis Cluster", cluster},
	{"Redis Sentinel", sentinel},
	{"memcached", memcached},
	{"MongoDB stand-in", mongo},
	{"PostgreSQL", postgres},
	{"MariaDB", mariadb},
}

// through starts a proxy in front of a server, and gives the faults that a
// network has.
func through(t *testing.T, server *realserver.Server) (addr string, faults []fault) {
	t.Helper()
	p, err := faultproxy.Start(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	during := func(name string, f faultproxy.Fault) fault {
		return fault{name: name, begin: func() { p.Do(f) }, end: func() { p.Do(faultproxy.Fault{}) }}
	}
	return p.Addr, []fault{
		during("black hole", faultproxy.Fault{Swallow: true}),
		during("every 10th answer cut, then a reset", faultproxy.Fault{Reset: 10}),
		during("5 s of latency", faultproxy.Fault{Delay: 5 * time.Second}),
	}
}

// hangs is a server that stands still, its connections open.
func hangs(server *realserver.Server) fault {
	return fault{name: "hangs (SIGSTOP)", begin: server.Pause, end: server.Resume}
}

// killed is a server that is killed, and started again.
func killed(server *realserver.Server) fault {
	return fault{name: "kill -9, started again", begin: server.Stop, end: server.Start}
}

// shortly marks the faults of these names.
func shortly(faults []fault, names ...string) []fault {
	for i := range faults {
		for _, name := range names {
			faults[i].short = faults[i].short || faults[i].name == name
		}
	}
	return faults
}

func memcached(t *testing.T) (string, []fault) {
	server := realserver.Memcached(t, "-M", "-m", "2")
	addr, faults := through(t, server)
	junk := &junk{t: t, addr: server.Addr}
	kill := killed(server)
	kill.keeps = nothing
	faults = append(faults, hangs(server),
		fault{name: "full (-M)", begin: junk.fill, end: junk.clear},
		kill)
	return "memcached://" + addr, shortly(faults, "black hole", "full (-M)", kill.name)
}

func mongo(t *testing.T) (string, []fault) {
	server := realserver.Mongo(t, "--standalone", "--sync-on-commit")
	addr, faults := through(t, server)
	faults = append(faults, hangs(server), killed(server))
	return "mongodb://" + addr, shortly(faults, "black hole", "kill -9, started again")
}
