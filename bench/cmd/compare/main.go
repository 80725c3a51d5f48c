// Compare prints the tables of docs/performance.md: every contender of every row
// in alternating rounds, compared round by round. With -stores it starts a
// redis-server, a memcached, a cluster and a MongoDB of its own and prints those of sessions in
// stores; with -databases, a PostgreSQL and a MariaDB, and those of sessions in them and
// in SQLite.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/dewar-go/dewar/bench"
	"github.com/dewar-go/dewar/internal/realserver"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 35, "`number` of rounds, in each of which every contender runs once")
	slice := flag.Duration("slice", 25*time.Millisecond, "`length` of a contender's run in one round")
	only := flag.String("run", "", "`pattern` of the rows to run")
	stores := flag.Bool("stores", false, "the rows of sessions in stores, in place of cookies")
	databases := flag.Bool("databases", false, "the rows of sessions in SQL databases")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil {
		log.Fatal(err)
	}
	if *rounds < 1 || *slice <= 0 {
		log.Fatal("compare: -rounds and -slice must be more than nothing")
	}
	run := compare
	if *stores {
		run = compareStores
	}
	if *databases {
		run = compareDatabases
	}
	if err := run(pattern, *rounds, *slice); err != nil {
		log.Fatal(err)
	}
}

func compare(only *regexp.Regexp, rounds int, slice time.Duration) error {
	rows, err := bench.Rows()
	if err != nil {
		return err
	}
	printMachine(rounds, slice)
	if err := bench.WriteHead(os.Stdout); err != nil {
		return err
	}
	for _, r := range matching(rows, only) {
		scores, err := r.Match(rounds, slice)
		if err != nil {
			return err
		}
		if err := bench.WriteRow(os.Stdout, r, scores); err != nil {
			return err
		}
	}
	fmt.Printf("\nLoad average at the end: %s\n", load())
	return nil
}

func compareStores(only *regexp.Regexp, rounds int, slice time.Duration) error {
	p := new(bench.Program)
	defer p.Close()
	addr := realserver.Redis(p).Addr
	redis, memory := matching(bench.RedisRows(p, addr), only), matching(bench.MemoryRows(p), only)
	files := matching(bench.FileRows(p), only)
	memcached := matching(bench.MemcachedRows(p, realserver.Memcached(p).Addr), only)
	cluster := matching(bench.ClusterRows(p, addr, realserver.Cluster(p).Addrs()), only)
	mongo := matching(bench.MongoRows(p, realserver.Mongo(p).Addr), only)
	printMachine(rounds, slice)
	if err := bench.CompareStores(os.Stdout, redis, addr, rounds, slice); err != nil {
		return err
	}
	fmt.Print("\n")
	if err := bench.CompareStores(os.Stdout, memory, "", rounds, slice); err != nil {
		return err
	}
	fmt.Print("\n")
	if err := bench.CompareStores(os.Stdout, files, "", rounds, slice); err != nil {
		return err
	}
	fmt.Print("\n")
	if err := bench.CompareStores(os.Stdout, memcached, bench.Uncounted, rounds, slice); err != nil {
		return err
	}
	fmt.Print("\n")
	if err := bench.CompareStores(os.Stdout, cluster, "", rounds, slice); err != nil {
		return err
	}
	fmt.Print("\n")
	if err := bench.CompareStores(os.Stdout, mongo, "", rounds, slice); err != nil {
		return err
	}
	fmt.Printf("\nLoad average at the end: %s\n", load())
	return nil
}

func compareDatabases(only *regexp.Regexp, rounds int, slice time.Duration) error {
	p := new(bench.Program)
	defer p.Close()
	dir, err := os.MkdirTemp("", "dewar")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	printMachine(rounds, slice)
	for _, rows := range [][]bench.Row{
		bench.PostgresRows(p, realserver.PostgreSQL(p).Addr), bench.MySQLRows(p, realserver.MariaDB(p).Addr), bench.SQLiteRows(p, dir),
	} {
		if err := bench.CompareStores(os.Stdout, matching(rows, only), "", rounds, slice); err != nil {
			return err
		}
		fmt.Print("\n")
	}
	fmt.Printf("Load average at the end: %s\n", load())
	return nil
}

func matching(rows []bench.Row, only *regexp.Regexp) (some []bench.Row) {
	for _, r := range rows {
		if only.MatchString(r.Name) {
			some = append(some, r)
		}
	}
	return some
}

func printMachine(rounds int, slice time.Duration) {
	fmt.Printf("%s, %s/%s, GOMAXPROCS %d; %d rounds of %v each; load average %s",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), rounds, slice, load())
	fmt.Print("\n\n")
}

// load is how many processes wanted to run in the last minute, where the
// system tells.
func load() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	minute, _, _ := strings.Cut(string(data), " ")
	return minute
}
