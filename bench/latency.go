package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
	"time"
)

// benchLatency asks at fixed rates: shares of what HAProxy can do at most here.
func benchLatency(s *settings) (string, error) {
	return withOrigin(s, func(h *httpBench) (string, error) {
		sc := &scenario{part: "latency", name: "64 connections", conns: 64, path: "/api/item", body: bodySize}
		limit, err := h.measure(sc, s.contestants()[0])
		if err != nil {
			return "", err
		}
		var b strings.Builder
		heading(&b, s, fmt.Sprintf("Latency at a fixed rate; 64 keep-alive connections, 1 KiB answers, `option httplog`; a request's time counts from when it was due. HAProxy's most here is %.0f requests a second (wrk, 64 connections). Milliseconds.", limit.rate))
		b.WriteString("| share of HAProxy's most | p50: haproxy, sluice | p99 | p99.9 | **p99.9 ratio** | rounds: p99.9 ratio |\n|--:|--:|--:|--:|--:|:--|\n")
		for _, share := range []float64{0.5, 0.8} {
			results := map[string][]paced{}
			for round := range s.rounds {
				cs := s.contestants()
				if round%2 == 1 {
					cs[0], cs[1] = cs[1], cs[0]
				}
				for _, c := range cs {
					r, err := h.pace(sc, c, share*limit.rate)
					if err != nil {
						return "", fmt.Errorf("%s at %.0f %%: %w", c.name, 100*share, err)
					}
					log.Printf("latency at %.0f %%, round %d, %-7s %+v", 100*share, round+1, c.name, r)
					results[c.name] = append(results[c.name], r)
				}
			}
			hp, sl := results["haproxy"], results["sluice"]
			cell := func(get func(paced) float64) string {
				return fmt.Sprintf("%.2f, %.2f", median(hp, get), median(sl, get))
			}
			p999 := func(p paced) float64 { return float64(p.P999) / 1e3 }
			var ratios []string
			for i := range hp {
				ratios = append(ratios, fmt.Sprintf("%.2f", p999(sl[i])/p999(hp[i])))
			}
			fmt.Fprintf(&b, "| %.0f %% | %s | %s | %s | **%.2f** | %s |\n", 100*share,
				cell(func(p paced) float64 { return float64(p.P50) / 1e3 }), cell(func(p paced) float64 { return float64(p.P99) / 1e3 }), cell(p999),
				median(sl, p999)/median(hp, p999), strings.Join(ratios, " "))
		}
		return b.String(), nil
	})
}

func (h *httpBench) pace(sc *scenario, c contestant, rate float64) (r paced, err error) {
	logs, err := newLogCounter()
	if err != nil {
		return r, err
	}
	defer logs.close()
	addr := freeAddr()
	p, err := startProxy(h.proxyCPU, h.dir, c, c.config(sc, logs.addr(), addr, h.origin), addr)
	if err != nil {
		return r, err
	}
	defer p.stop()
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	for _, span := range []time.Duration{h.warm, h.span} {
		out, err := exec.Command("taskset", "-c", h.loadCPU, self, "pace", addr, sc.path, fmt.Sprint(sc.conns), fmt.Sprint(rate), fmt.Sprint(span.Seconds())).CombinedOutput()
		if err == nil {
			err = json.Unmarshal(out, &r)
		}
		if err != nil {
			return r, fmt.Errorf("%v: %s", err, out)
		}
		if r.Errors > 0 {
			return r, fmt.Errorf("lost requests: %+v", r)
		}
	}
	return r, nil
}
