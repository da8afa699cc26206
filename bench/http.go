package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A sample is one HTTP measurement.
type sample struct {
	perRequest time.Duration // CPU time of the proxy
	rate       float64       // requests a second
	busy       float64       // share of a processor that the proxy used
	p99        time.Duration
	bytes      float64 // received by the client per request
	logLines   int64
	logBytes   float64 // per line
	requests   int64
}

// An httpBench holds what the scenarios of a run share.
type httpBench struct {
	*settings
	dir    string
	origin string
}

// withOrigin runs f with an origin beside it.
func withOrigin(s *settings, f func(*httpBench) (string, error)) (string, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	h := &httpBench{s, dir, freeAddr()}
	o, err := start(s.loadCPU, filepath.Join(dir, "origin.out"), self, "origin", h.origin)
	if err != nil {
		return "", err
	}
	defer o.stop()
	if err := o.await(h.origin); err != nil {
		return "", err
	}
	return f(h)
}

// benchScenarios measures the scenarios of a part.
func benchScenarios(part, what string) func(*settings) (string, error) {
	return func(s *settings) (string, error) {
		return withOrigin(s, func(h *httpBench) (string, error) {
			var rows []row
			for _, sc := range scenarios(s.conns) {
				if sc.part != part || s.row != "" && !strings.Contains(sc.name, s.row) {
					continue
				}
				r, err := h.compare(&sc, s.contestants())
				if err != nil {
					return "", err
				}
				rows = append(rows, r)
			}
			return httpTable(s, part, what, rows)
		})
	}
}

// A row is a scenario with what was measured, by contestant.
type row struct {
	*scenario
	results map[string][]sample
}

// compare alternates between the contestants; the order turns each round.
func (h *httpBench) compare(sc *scenario, cs []contestant) (row, error) {
	r := row{sc, map[string][]sample{}}
	for round := range h.rounds {
		for i := range cs {
			c := cs[i]
			if round%2 == 1 {
				c = cs[len(cs)-1-i]
			}
			m, err := h.measure(sc, c)
			if err != nil {
				return r, fmt.Errorf("%s, %s: %w", c.name, sc.name, err)
			}
			log.Printf("%s, round %d, %-7s %6.2f µs/request, %.0f requests/s, proxy %.0f %% busy, %d log lines",
				sc.name, round+1, c.name, us(m.perRequest), m.rate, 100*m.busy, m.logLines)
			r.results[c.name] = append(r.results[c.name], m)
		}
	}
	return r, nil
}

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func (h *httpBench) measure(sc *scenario, c contestant) (sample, error) {
	logs, err := newLogCounter()
	if err != nil {
		return sample{}, err
	}
	defer logs.close()
	addr := freeAddr()
	cpus := h.proxyCPU
	if sc.two {
		cpus = h.proxyCPU + "," + h.loadCPU
	}
	p, err := startProxy(cpus, h.dir, c, c.config(sc, logs.addr(), addr, h.origin), addr)
	if err != nil {
		return sample{}, err
	}
	defer p.stop()
	if err := rightAnswer(addr, sc); err != nil {
		return sample{}, err
	}
	url := "http://" + addr + sc.path
	if _, err := runWrk(h.settings, h.dir, url, sc.lua, sc.conns, h.warm); err != nil {
		return sample{}, err
	}
	lines0, bytes0 := logs.settle()
	count0, err := originCount(h.origin)
	if err != nil {
		return sample{}, err
	}
	cpu0, err := p.cpu()
	if err != nil {
		return sample{}, err
	}
	begin := time.Now()
	r, err := runWrk(h.settings, h.dir, url, sc.lua, sc.conns, h.span)
	took := time.Since(begin)
	if err != nil {
		return sample{}, err
	}
	lines1, bytes1 := logs.settle()
	cpu1, err := p.cpu() // after the last line was sent
	if err != nil {
		return sample{}, err
	}
	count1, err := originCount(h.origin)
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
	cut := sc.conns
	if sc.once {
		cut *= 2
	}
	switch {
	case r.Errors > 0 || r.Requests == 0:
		return m, fmt.Errorf("wrk: %+v", r)
	// wrk drops what is in flight when its time is over: one request a connection, and
	// one that it had just opened.
	case abs(requests-r.Requests) > int64(cut):
		return m, fmt.Errorf("wrk counts %d requests, the origin %d", r.Requests, requests)
	case abs(m.logLines-requests) > int64(cut):
		return m, fmt.Errorf("%d log lines for %d requests", m.logLines, requests)
	}
	// A client that was cut off at the end of the warm-up has a line of its own kind.
	if l, _ := logs.last.Load().(string); c.haproxyLog() && !strings.Contains(l, " CH-- ") && !strings.Contains(l, " CD-- ") && !strings.Contains(l, " CC-- ") && !strings.Contains(l, "<BADREQ>") && (!strings.Contains(l, "web origins/o") || !strings.Contains(l, " 200 ") || !strings.Contains(l, sc.path+" HTTP/1.1\"")) {
		return m, fmt.Errorf("the log line is not that of option httplog: %q", l)
	}
	return m, nil
}

func abs(n int64) int64 { return max(n, -n) }

// rightAnswer asks once and compares: what is fast must also be right.
func rightAnswer(addr string, sc *scenario) error {
	r, err := http.Get("http://" + addr + sc.path)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 || len(b) != sc.body {
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

func perRequest(m sample) float64 { return us(m.perRequest) }

func httpTable(s *settings, part, what string, rows []row) (string, error) {
	var b strings.Builder
	heading(&b, s, what)
	b.WriteString("| | haproxy µs/request | sluice µs/request | **ratio** | rounds: ratio | requests/s (haproxy, sluice) | proxy busy | p99 ms | log lines checked | bytes/answer | bytes/log line |\n")
	b.WriteString("|:--|--:|--:|--:|:--|:--|:--|:--|--:|:--|:--|\n")
	var bars []bar
	for _, r := range rows {
		h, l := r.results["haproxy"], r.results["sluice"]
		size := func(m sample) float64 { return m.bytes }
		// wrk counts the bytes of answers that it cut off at the end as well.
		if hb, lb := median(h, size), median(l, size); math.Abs(hb-lb) > 0.5+hb*0.01 {
			return "", fmt.Errorf("%s: %.1f bytes an answer from haproxy, %.1f from sluice", r.name, hb, lb)
		}
		var ratios []string
		var lines int64
		for i := range h {
			ratios = append(ratios, fmt.Sprintf("%.2f", perRequest(l[i])/perRequest(h[i])))
			lines += h[i].logLines + l[i].logLines
		}
		two := func(format string, get func(sample) float64) string {
			return fmt.Sprintf(format+", "+format, median(h, get), median(l, get))
		}
		fmt.Fprintf(&b, "| %s | %.2f | %.2f | **%.2f** | %s | %s | %s | %s | %d | %s | %s |\n",
			r.name, median(h, perRequest), median(l, perRequest), median(l, perRequest)/median(h, perRequest), strings.Join(ratios, " "),
			two("%.0f", func(m sample) float64 { return m.rate }), two("%.0f %%", func(m sample) float64 { return 100 * m.busy }),
			two("%.1f", func(m sample) float64 { return float64(m.p99) / 1e6 }), lines,
			two("%.0f", size), two("%.0f", func(m sample) float64 { return m.logBytes }))
		bars = append(bars, bar{r.name, map[string]float64{"haproxy": median(h, perRequest), "sluice": median(l, perRequest)}})
	}
	if err := plotBars(s, part, "CPU µs per request", []string{"haproxy", "sluice"}, bars); err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "\n![CPU per request](plots/%s.svg)\n", part)
	return b.String(), nil
}
