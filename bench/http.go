package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// httpConfig is the same for both contestants.
const httpConfig = `global
    nbthread 1
    maxconn 4000
    log %[1]s local0
defaults
    mode http
    log global
    option httplog
    option forwardfor
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind %[2]s
    acl api path_beg /api
    use_backend origins if api
    default_backend none
backend origins
    server o1 %[3]s
backend none
`

// wrkScript makes wrk say what it counted in a form that can be read.
const wrkScript = `
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\nRESULT {"requests":%d,"bytes":%d,"errors":%d,"p99us":%d}\n',
    summary.requests, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99)))
end
`

// A sample is one HTTP measurement.
type sample struct {
	perRequest time.Duration // CPU time of the proxy
	rate       float64       // requests a second
	busy       float64       // share of its processor that the proxy used
	p99        time.Duration
	bytes      float64 // received by the client per request
	logLines   int64
	logBytes   float64 // per line
	requests   int64
}

func benchHTTP(s *settings) (string, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	script := filepath.Join(dir, "done.lua")
	if err := os.WriteFile(script, []byte(wrkScript), 0o644); err != nil {
		return "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	originAddr := freeAddr()
	o, err := start(s.loadCPU, filepath.Join(dir, "origin.out"), self, "origin", originAddr)
	if err != nil {
		return "", err
	}
	defer o.stop()
	if err := o.await(originAddr); err != nil {
		return "", err
	}
	results := map[string][]sample{}
	for _, conns := range s.conns {
		for round := range s.rounds {
			order := s.contestants()
			if round%2 == 1 {
				order[0], order[1] = order[1], order[0]
			}
			for _, c := range order {
				m, err := measureHTTP(s, dir, c, originAddr, script, conns)
				if err != nil {
					return "", fmt.Errorf("%s with %d connections: %w", c.name, conns, err)
				}
				log.Printf("%d connections, round %d, %-7s %6.2f µs/request, %.0f requests/s, proxy %.0f %% busy, %d log lines",
					conns, round+1, c.name, us(m.perRequest), m.rate, 100*m.busy, m.logLines)
				key := fmt.Sprintf("%s/%d", c.name, conns)
				results[key] = append(results[key], m)
			}
		}
	}
	return httpTable(s, results)
}

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func measureHTTP(s *settings, dir string, c contestant, origin, script string, conns int) (sample, error) {
	logs, err := newLogCounter()
	if err != nil {
		return sample{}, err
	}
	defer logs.close()
	addr := freeAddr()
	p, err := startProxy(s, dir, c, fmt.Sprintf(httpConfig, logs.addr(), addr, origin), addr)
	if err != nil {
		return sample{}, err
	}
	defer p.stop()
	if err := rightAnswer(addr); err != nil {
		return sample{}, err
	}
	wrk := func(span time.Duration) (r struct{ Requests, Bytes, Errors, P99us int64 }, err error) {
		out, err := exec.Command("taskset", "-c", s.loadCPU, "wrk", "-t1", "-c", strconv.Itoa(conns),
			"-d", fmt.Sprintf("%ds", max(1, int(span.Seconds()))), "-s", script, "http://"+addr+"/api/item?id=1").CombinedOutput()
		if err == nil {
			_, js, ok := strings.Cut(string(out), "RESULT ")
			if !ok {
				return r, fmt.Errorf("wrk said:\n%s", out)
			}
			err = json.Unmarshal([]byte(js), &r)
		}
		if err != nil {
			return r, fmt.Errorf("%v:\n%s", err, out)
		}
		return r, nil
	}
	if _, err := wrk(s.warm); err != nil {
		return sample{}, err
	}
	lines0, bytes0 := logs.settle()
	count0, err := originCount(origin)
	if err != nil {
		return sample{}, err
	}
	cpu0, err := p.cpu()
	if err != nil {
		return sample{}, err
	}
	begin := time.Now()
	r, err := wrk(s.span)
	took := time.Since(begin)
	if err != nil {
		return sample{}, err
	}
	lines1, bytes1 := logs.settle()
	cpu1, err := p.cpu() // after the last line was sent
	if err != nil {
		return sample{}, err
	}
	count1, err := originCount(origin)
	if err != nil {
		return sample{}, err
	}
	requests := count1 - count0
	m := sample{
		perRequest: (cpu1 - cpu0) / time.Duration(max(1, requests)), rate: float64(requests) / took.Seconds(),
		busy: float64(cpu1-cpu0) / float64(took), p99: time.Duration(r.P99us) * time.Microsecond,
		bytes: float64(r.Bytes) / float64(max(1, r.Requests)), logLines: lines1 - lines0, requests: requests,
		logBytes: float64(bytes1-bytes0) / float64(max(1, lines1-lines0)),
	}
	switch {
	case r.Errors > 0 || r.Requests == 0:
		return m, fmt.Errorf("wrk: %+v", r)
	// wrk drops what is in flight when its time is over: one request a connection.
	case abs(requests-r.Requests) > int64(conns):
		return m, fmt.Errorf("wrk counts %d requests, the origin %d", r.Requests, requests)
	case abs(m.logLines-requests) > int64(conns):
		return m, fmt.Errorf("%d log lines for %d requests", m.logLines, requests)
	}
	if l, _ := logs.last.Load().(string); !strings.Contains(l, "web origins/o1 ") || !strings.Contains(l, " 200 ") || !strings.Contains(l, `"GET /api/item?id=1 HTTP/1.1"`) {
		return m, fmt.Errorf("the log line is not that of option httplog: %q", l)
	}
	return m, nil
}

func abs(n int64) int64 { return max(n, -n) }

// rightAnswer asks once and compares: what is fast must also be right.
func rightAnswer(addr string) error {
	r, err := http.Get("http://" + addr + "/api/item?id=1")
	if err != nil {
		return err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 || len(b) != bodySize || r.Header.Get("Server") != "bench" {
		return fmt.Errorf("a wrong answer: %d, %d bytes, %v", r.StatusCode, len(b), err)
	}
	r, err = http.Get("http://" + addr + "/other")
	if err != nil {
		return err
	}
	r.Body.Close()
	if r.StatusCode != 503 {
		return fmt.Errorf("the ACL is not looked at: status %d", r.StatusCode)
	}
	return nil
}

func originCount(origin string) (int64, error) {
	r, err := http.Get("http://" + origin + "/count")
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(b), 10, 64)
}

func httpTable(s *settings, results map[string][]sample) (string, error) {
	var b strings.Builder
	heading(&b, s, "CPU time of the proxy process per request; HTTP/1.1 keep-alive both sides, 1 KiB answers, one thread, `option forwardfor`, one ACL, `option httplog` to UDP.")
	b.WriteString("| connections | haproxy µs/request | sluice µs/request | **ratio** | rounds: ratio | requests/s (haproxy, sluice) | proxy busy | p99 ms | log lines checked | bytes/answer | bytes/log line |\n")
	b.WriteString("|--:|--:|--:|--:|:--|:--|:--|:--|--:|:--|:--|\n")
	for _, conns := range s.conns {
		h, l := results[fmt.Sprintf("haproxy/%d", conns)], results[fmt.Sprintf("sluice/%d", conns)]
		per := func(m sample) float64 { return us(m.perRequest) }
		if math.Round(median(h, func(m sample) float64 { return m.bytes })) != math.Round(median(l, func(m sample) float64 { return m.bytes })) {
			return "", fmt.Errorf("%d connections: %.1f bytes an answer from haproxy, %.1f from sluice", conns,
				median(h, func(m sample) float64 { return m.bytes }), median(l, func(m sample) float64 { return m.bytes }))
		}
		var ratios []string
		var lines int64
		for i := range h {
			ratios = append(ratios, fmt.Sprintf("%.2f", per(l[i])/per(h[i])))
			lines += h[i].logLines + l[i].logLines
		}
		two := func(format string, get func(sample) float64) string {
			return fmt.Sprintf(format+", "+format, median(h, get), median(l, get))
		}
		fmt.Fprintf(&b, "| %d | %.2f | %.2f | **%.2f** | %s | %s | %s | %s | %d | %s | %s |\n",
			conns, median(h, per), median(l, per), median(l, per)/median(h, per), strings.Join(ratios, " "),
			two("%.0f", func(m sample) float64 { return m.rate }), two("%.0f %%", func(m sample) float64 { return 100 * m.busy }),
			two("%.1f", func(m sample) float64 { return float64(m.p99) / 1e6 }), lines,
			two("%.0f", func(m sample) float64 { return m.bytes }), two("%.0f", func(m sample) float64 { return m.logBytes }))
	}
	return b.String(), nil
}
