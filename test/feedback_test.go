package test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// metric is the value of a series on the page of "-S addr,metrics".
func metric(t *testing.T, addr, series string) string {
	t.Helper()
	a, err := harness.Get(t, addr, "/metrics")
	if err != nil || a.Status != 200 {
		t.Fatalf("%+v, %v", a, err)
	}
	for line := range strings.Lines(string(a.Body)) {
		if v, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), series+" "); ok {
			return v
		}
	}
	return ""
}

// awaitMetric waits for what is not told at once.
func awaitMetric(t *testing.T, addr, series, want string) {
	t.Helper()
	got := ""
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if got = metric(t, addr, series); got == want {
			return
		}
	}
	t.Errorf("%s %s, want %s", series, got, want)
}

// The counters of reloads are the same wherever they are shown.
func TestReloadCounters(t *testing.T) {
	t.Parallel()
	s := newService(t)
	addr := harness.Addr(t)
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Await: []string{s.HTTP, s.TCP, addr}, Args: []string{"-S", addr + ",metrics"}})
	info := func(name string) string {
		t.Helper()
		m := regexp.MustCompile(`(?m)^` + name + `: (.*)$`).FindStringSubmatch(p.Master("show info"))
		if m == nil {
			t.Fatalf("no %s in %s", name, p.Master("show info"))
		}
		return m[1]
	}
	check := func(when string, succeeded, failed, consecutive int) {
		t.Helper()
		var j struct {
			Reloads struct {
				Total, Succeeded, Failed int
				Consecutive              int `json:"consecutive_failures"`
				LastSuccess              struct {
					Time     time.Time
					Duration int `json:"duration_ms"`
				} `json:"last_success"`
			}
		}
		if err := json.Unmarshal([]byte(p.Master("show proc json")), &j); err != nil {
			t.Fatal(err)
		}
		r := j.Reloads
		got := fmt.Sprintf("json %d %d %d %d, info %s %s %s %s, metrics %s %s %s %s", r.Total, r.Succeeded, r.Failed, r.Consecutive,
			info("Reloads"), info("FailedReloads"), info("ConsecutiveFailedReloads"), info("LastReloadFailed"),
			metric(t, addr, `sluice_reloads_total{result="success"}`), metric(t, addr, `sluice_reloads_total{result="failure"}`),
			metric(t, addr, "sluice_reload_consecutive_failures"), metric(t, addr, "sluice_reload_last_successful"))
		bad := min(consecutive, 1)
		want := fmt.Sprintf("json %d %d %d %d, info %d %d %d %d, metrics %d %d %d %d", succeeded+failed, succeeded, failed, consecutive,
			succeeded+failed, failed, consecutive, bad, succeeded, failed, consecutive, 1-bad)
		if got != want {
			t.Errorf("%s:\n%s, want\n%s", when, got, want)
		}
		if sec := strconv.FormatInt(r.LastSuccess.Time.Unix(), 10); info("LastSuccess_time_sec") != sec || info("LastSuccess_duration_ms") != strconv.Itoa(r.LastSuccess.Duration) ||
			metric(t, addr, "sluice_reload_last_success_timestamp_seconds") != strconv.FormatFloat(float64(r.LastSuccess.Time.UnixMilli())/1000, 'f', -1, 64) ||
			metric(t, addr, "sluice_reload_last_success_duration_seconds") != strconv.FormatFloat(float64(r.LastSuccess.Duration)/1000, 'f', -1, 64) {
			t.Errorf("%s: the last success is not the same everywhere", when)
		}
	}
	check("at first", 0, 0, 0)
	p.MustReload()
	time.Sleep(150 * time.Millisecond) // a page is made ten times a second
	check("a reload", 1, 0, 0)
	p.WriteConfig("nonsense\n")
	for range 2 {
		p.Reload()
	}
	p.Master("reload check")
	time.Sleep(150 * time.Millisecond)
	check("two failures and a check", 1, 2, 2)
	p.WriteConfig(s.Config("", ""))
	p.MustReload()
	time.Sleep(150 * time.Millisecond)
	check("a success", 2, 2, 0)

	worker := p.Worker()
	p.Kill(worker, syscall.SIGKILL)
	awaitMetric(t, addr, "sluice_worker_crashes_total", "1")
	awaitMetric(t, addr, `sluice_workers{state="ready"}`, "1")
	awaitMetric(t, addr, "sluice_reload_last_successful", "1")
	if g := metric(t, addr, "sluice_master_generation"); g != info("Generation") {
		t.Errorf("generation %s, want %s", g, info("Generation"))
	}
}

// A listener for metrics goes on through reloads, on kept connections, too; it is no
// CLI, and its clients take no place from those of the CLI.
func TestMetricsListener(t *testing.T) {
	t.Parallel()
	s := newService(t)
	addr := harness.Addr(t)
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Await: []string{s.HTTP, addr}, Args: []string{"-S", addr + ",metrics"}})
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	br := bufio.NewReader(c)
	for range 3 {
		fmt.Fprintf(c, "GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n")
		a, err := http.ReadResponse(br, nil)
		if err != nil || a.StatusCode != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain; version=0.0.4") {
			t.Fatalf("%+v, %v", a, err)
		}
		if n, err := br.Discard(int(a.ContentLength)); err != nil {
			t.Fatalf("%d of %d bytes: %v", n, a.ContentLength, err)
		}
		p.MustReload()
	}
	for range 40 { // more than are served
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	if env := p.Master("show env HAPROXY_MASTER_CLI"); strings.Contains(env, addr) {
		t.Error(env)
	}
	fmt.Fprintf(c, "reload\n")
	if line, err := br.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 400") {
		t.Errorf("%q, %v", line, err)
	}
	p.MustReload()
}
