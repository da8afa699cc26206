package master

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/cmdline"
)

func TestMetrics(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	at := time.UnixMilli(1795390905250)
	p := procJSON{
		Master:  masterJSON{PID: 1, Version: `3.4 "x"\`, Program: "p1", State: "loading", Generation: 6, Hash: "bb", Memory: n(1000), Listeners: 2},
		Reloads: reloadsJSON{Total: 6, Succeeded: 4, Failed: 2, Consecutive: 1, LastFailed: true, LastSuccess: &successJSON{at.UTC(), 1250}, Hooks: hooksJSON{5, 6, 7, 8}},
		Workers: []workerJSON{
			{PID: 7, Number: 5, State: "draining", Generation: 4, Hash: "aa", Version: "3.3", Age: 3600, Draining: n(60), Memory: n(7000)},
			{PID: 9, Number: 7, State: "ready", Generation: 6, Hash: "bb", Version: "3.4\n", Program: "p2", Age: 1, Memory: n(9000), Connections: n(3)}},
		Programs: []programJSON{{}},
	}
	page := metrics(p, at, 3)
	for _, want := range []string{
		`sluice_master_info{version="3.4 \"x\"\\",program="p1",configuration_hash="bb"} 1`,
		"sluice_master_start_time_seconds 1795390905.25",
		`sluice_master_state{state="serving"} 0`, `sluice_master_state{state="loading"} 1`,
		"sluice_master_listeners 2", "sluice_master_generation 6", "sluice_master_resident_memory_bytes 1000",
		`sluice_reloads_total{result="success"} 4`, `sluice_reloads_total{result="failure"} 2`,
		"sluice_reload_consecutive_failures 1", "sluice_reload_last_successful 0",
		"sluice_reload_last_success_timestamp_seconds 1795390905.25", "sluice_reload_last_success_duration_seconds 1.25",
		"sluice_worker_crashes_total 3",
		`sluice_hook_runs_total{result="success"} 5`, `sluice_hook_runs_total{result="failure"} 6`,
		`sluice_hook_runs_total{result="timeout"} 7`, `sluice_hook_runs_total{result="skipped"} 8`,
		`sluice_workers{state="ready"} 1`, `sluice_workers{state="draining"} 1`, `sluice_workers{state="paused"} 0`,
		`sluice_worker_info{worker="7",pid="9",generation="6",state="ready",version="3.4\n",program="p2",configuration_hash="bb"} 1`,
		`sluice_worker_connections{worker="7"} 3`,
		`sluice_worker_resident_memory_bytes{worker="5"} 7000`, `sluice_worker_age_seconds{worker="5"} 3600`, `sluice_worker_draining_seconds{worker="5"} 60`,
		`sluice_worker_draining_seconds{worker="5"} 60`, "sluice_programs 1",
	} {
		if !strings.Contains(page, "\n"+want+"\n") {
			t.Errorf("no line %s", want)
		}
	}
	if strings.Contains(page, `draining_seconds{worker="7"}`) {
		t.Error("a worker that serves is said to drain")
	}
	if strings.Contains(page, `connections{worker="5"}`) || strings.Contains(page, `draining_seconds{worker="7"}`) {
		t.Error("a number that is not known")
	}
	if err := wellFormed(page); err != nil {
		t.Errorf("%v:\n%s", err, page)
	}
	p.Reloads.LastSuccess, p.Master.Memory = nil, nil
	page = metrics(p, at, 0)
	if err := wellFormed(page); err != nil || strings.Contains(page, "last_success_") || strings.Contains(page, "master_resident") {
		t.Errorf("%v:\n%s", err, page)
	}
}

// wellFormed reads a page as strictly as the format is described: HELP and TYPE once,
// before the values of their metric, and no series twice.
func wellFormed(page string) error {
	value := regexp.MustCompile(`^([a-z_]+)(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? (-?[0-9.]+)$`)
	help := regexp.MustCompile(`^# HELP ([a-z_]+) [A-Z].*\.$`)
	kind := regexp.MustCompile(`^# TYPE ([a-z_]+) (gauge|counter)$`)
	seen := map[string]bool{}
	current := ""
	once := func(s string) error {
		if seen[s] {
			return fmt.Errorf("twice: %s", s)
		}
		seen[s] = true
		return nil
	}
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		var err error
		switch h, k, v := help.FindStringSubmatch(line), kind.FindStringSubmatch(line), value.FindStringSubmatch(line); {
		case h != nil:
			current, err = h[1], once("help "+h[1])
		case k != nil && k[1] == current:
			if err = once("type " + k[1]); k[2] == "counter" != strings.HasSuffix(current, "_total") {
				err = fmt.Errorf("not the name of a %s: %s", k[2], current)
			}
		case v != nil && v[1] == current:
			err = once(v[1] + v[2])
		default:
			err = fmt.Errorf("%q", line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// "metrics" stands behind the address; elsewhere it is what the bind line makes of it.
func TestForMetrics(t *testing.T) {
	for spec, want := range map[string]string{
		"/run/m,metrics":               "/run/m",
		"127.0.0.1:9,metrics,mode,600": "127.0.0.1:9,mode,600",
		"/run/m,metrics,":              "/run/m,",
		"metrics,metrics":              "metrics",
		"/run/m":                       "",
		"/run/m,name,metrics":          "",
		"/run/m,mode,600,metrics":      "",
		"/run/m,Metrics":               "",
		"/run/metrics":                 "",
		"metrics":                      "",
		"":                             "",
	} {
		rest, ok := forMetrics(spec)
		if ok != (want != "") || ok && rest != want || !ok && rest != spec {
			t.Errorf("%s: %q, %v", spec, rest, ok)
		}
	}
	for _, spec := range []string{",metrics", "/run/m,metrics,level,admin", "/run/m,metrics,metrics", "/run/m,mode,600,metrics"} {
		m := &master{o: &cmdline.Options{MasterCLI: []string{filepath.Join(t.TempDir(), spec)}}}
		if spec == ",metrics" {
			m.o.MasterCLI = []string{spec}
		}
		if s, err := m.listen(); err == nil {
			s.close()
			t.Errorf("%s is accepted", spec)
		}
	}
}

// scrape asks a server on a UNIX socket.
func scrape(t *testing.T, path, method, target string) (status int, kind, body string) {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", path) }}}
	r, err := http.NewRequest(method, "http://localhost"+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, a.Header.Get("Content-Type"), string(b)
}

func TestMetricsServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := metricsServer(func() string { return "page\n" })
	done := make(chan error)
	go func() { done <- s.Serve(newScrapers(l, 2)) }()
	if status, kind, body := scrape(t, path, "GET", "/metrics"); status != 200 || kind != metricsType || body != "page\n" {
		t.Errorf("%d, %q, %q", status, kind, body)
	}
	for _, ask := range []struct {
		method, target string
		status         int
	}{{"HEAD", "/metrics", 200}, {"GET", "/", 404}, {"GET", "/metrics/", 404}, {"POST", "/metrics", 405}} {
		if status, _, _ := scrape(t, path, ask.method, ask.target); status != ask.status {
			t.Errorf("%v: %d", ask, status)
		}
	}

	// What is not HTTP, or too long, ends the connection.
	for _, bytes := range []string{"show info\n", "GET /metrics HTTP/9.9\r\n\r\n", "GET /" + strings.Repeat("x", 64<<10) + " HTTP/1.1\r\n\r\n"} {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		go io.WriteString(c, bytes)
		c.SetReadDeadline(time.Now().Add(5 * time.Second))
		a, _ := io.ReadAll(c)
		c.Close()
		if !strings.HasPrefix(string(a), "HTTP/1.1 4") && !strings.HasPrefix(string(a), "HTTP/1.1 5") && len(a) > 0 {
			t.Errorf("%.20q: %q", bytes, a)
		}
	}

	// Two that say nothing take both places; the third is served when one leaves.
	var idle []net.Conn
	for range 2 {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		idle = append(idle, c)
	}
	third := make(chan int)
	go func() {
		status, _, _ := scrape(t, path, "GET", "/metrics")
		third <- status
	}()
	select {
	case status := <-third:
		t.Errorf("%d at once: there was a place", status)
	case <-time.After(50 * time.Millisecond):
	}
	idle[0].Close()
	if status := <-third; status != 200 {
		t.Error(status)
	}
	s.Close()
	if err := <-done; err != http.ErrServerClosed {
		t.Error(err)
	}
}

// A listener for metrics is no CLI.
func TestMetricsListener(t *testing.T) {
	dir := t.TempDir()
	m := &master{o: &cmdline.Options{MasterCLI: []string{dir + "/cli", dir + "/m,metrics,mode,640"}}}
	s, err := m.listen()
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	names := func(list []cliSocket) (names []string) {
		for _, one := range list {
			names = append(names, one.name)
		}
		return names
	}
	if got, all := names(s.ofCLI()), names(s.list); !slices.Equal(got, []string{"unix@" + dir + "/cli"}) || len(all) != 2 {
		t.Errorf("%q of %q", got, all)
	}
}
