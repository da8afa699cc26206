package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// gcLine is what the Go runtime says of each collection: the first and the last
// of the three times are those in which nothing else ran.
var gcLine = regexp.MustCompile(`(?m)^gc \d+ @.*: ([0-9.]+)\+[0-9.]+\+([0-9.]+) ms clock`)

// benchPause looks at what the garbage collector does under load: how often it
// runs and how long it stops the loops.
func benchPause(s *settings) (string, error) {
	return withOrigin(s, func(h *httpBench) (string, error) {
		var b strings.Builder
		heading(&b, s, "Garbage collections of sluice under load (`GODEBUG=gctrace=1`): how many per million requests, and the longest time in which no loop ran.")
		b.WriteString("| connections | requests | collections | per 1,000,000 requests | longest pause, ms |\n|--:|--:|--:|--:|--:|\n")
		for _, conns := range []int{64, 512, 4500} {
			n, requests, longest, err := h.pauses(conns)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, "| %d | %d | %d | %.1f | %.3f |\n", conns, requests, n, float64(n)*1e6/float64(max(1, requests)), longest)
		}
		return b.String(), nil
	})
}

func (h *httpBench) pauses(conns int) (n int, requests int64, longest float64, err error) {
	logs, err := newLogCounter()
	if err != nil {
		return
	}
	defer logs.close()
	addr := freeAddr()
	sc := &scenario{}
	path := filepath.Join(h.dir, "pause.cfg")
	if err = os.WriteFile(path, []byte(sc.haproxyConfig(logs.addr(), addr, h.origin)), 0o644); err != nil {
		return
	}
	out := filepath.Join(h.dir, "pause.out")
	p, err := start(h.proxyCPU, out, "env", "GODEBUG=gctrace=1", h.sluice, "-db", "-f", path)
	if err != nil {
		return
	}
	defer p.stop()
	if err = p.await(addr); err != nil {
		return
	}
	r, err := runWrk(h.settings, h.dir, "http://"+addr+"/api/item", "", conns, 3*h.span)
	if err != nil || r.Errors > 0 {
		return 0, 0, 0, fmt.Errorf("wrk: %+v, %v", r, err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return
	}
	for _, m := range gcLine.FindAllStringSubmatch(string(text), -1) {
		a, _ := strconv.ParseFloat(m[1], 64)
		z, _ := strconv.ParseFloat(m[2], 64)
		longest = max(longest, a, z)
		n++
	}
	return n, r.Requests, longest, nil
}
