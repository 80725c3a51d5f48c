package promobserver_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/telemetry/internal/visits"
	"github.com/dewar-go/dewar/telemetry/promobserver"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func observer(t testing.TB, reg prometheus.Registerer) *promobserver.Observer {
	t.Helper()
	o, err := promobserver.New(reg)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func story(t *testing.T, o dewar.Observer) (leaks visits.Leaks) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var err error
		if leaks, err = visits.Story(o, nil); err != nil || len(leaks.Secrets) < 8 || len(leaks.Handles) < 8 {
			t.Fatalf("%d secrets, %d handles, %v", len(leaks.Secrets), len(leaks.Handles), err)
		}
	})
	return leaks
}

// A scrape has every kind and reason, those that never happened at 0.
func TestScrape(t *testing.T) {
	reg := prometheus.NewRegistry()
	o := observer(t, reg)
	story(t, o)
	if problems, err := testutil.CollectAndLint(reg); err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
	srv := httptest.NewServer(promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	defer srv.Close()
	res, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res.Status, err)
	}
	t.Logf("\n%s", page)
	lines := map[string]bool{}
	for _, line := range strings.Split(string(page), "\n") {
		lines[line] = true
	}
	for k := dewar.Refused; k.String() != "unknown"; k++ {
		for _, reason := range append(k.Reasons(), "") {
			if (reason == "") != (k.Reasons() == nil) {
				continue
			}
			line := fmt.Sprintf("dewar_session_events_total{kind=%q,reason=%q} %d", k, reason, visits.Events[[2]string{k.String(), reason}])
			if !lines[line] {
				t.Errorf("the page lacks %s", line)
			}
		}
	}
}

// Whatever a session holds or is called, none of it is part of a metric.
func TestNothingOfASessionIsALabel(t *testing.T) {
	reg := prometheus.NewRegistry()
	o := observer(t, reg)
	leaks := story(t, o)
	families, err := reg.Gather()
	if err != nil || len(families) != 1 {
		t.Fatal(families, err)
	}
	for _, secret := range append(leaks.Secrets, leaks.Handles...) {
		if strings.Contains(families[0].String(), secret) {
			t.Errorf("%q is in the metrics", secret)
		}
	}
}

// Kinds and reasons that this release doesn't know are counted under few words.
func TestTheUnknown(t *testing.T) {
	reg := prometheus.NewRegistry()
	o := observer(t, reg)
	before := testutil.CollectAndCount(reg)
	for n := range 1000 {
		o.Observe(t.Context(), dewar.Event{Kind: 255, Reason: fmt.Sprint("any text ", n)})
		o.Observe(t.Context(), dewar.Event{Kind: dewar.Refused, Reason: fmt.Sprint("any text ", n)})
		o.Observe(t.Context(), dewar.Event{Kind: dewar.Warned, Reason: fmt.Sprint("any text ", n)})
	}
	if more := testutil.CollectAndCount(reg) - before; more != 2 {
		t.Errorf("%d more series", more)
	}
}

// Who can't register is told; who gives no registry gets the default one, and nobody
// else does.
func TestRegistration(t *testing.T) {
	reg := prometheus.NewRegistry()
	observer(t, reg)
	_, err := promobserver.New(reg)
	if already := (prometheus.AlreadyRegisteredError{}); !errors.As(err, &already) {
		t.Errorf("registered twice: %v", err)
	}
	observer(t, prometheus.WrapRegistererWith(prometheus.Labels{"app": "shop"}, prometheus.NewRegistry()))
	standard := prometheus.NewRegistry()
	defer func(was prometheus.Registerer) { prometheus.DefaultRegisterer = was }(prometheus.DefaultRegisterer)
	prometheus.DefaultRegisterer = standard
	observer(t, prometheus.NewRegistry())
	if n, err := testutil.GatherAndCount(standard); n != 0 || err != nil {
		t.Errorf("%d series in the default registry, %v", n, err)
	}
	observer(t, nil)
	if n, err := testutil.GatherAndCount(standard, promobserver.Name); n == 0 || err != nil {
		t.Errorf("nothing in the default registry, %v", err)
	}
}
