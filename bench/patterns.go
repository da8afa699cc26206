package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

// A big map is one of a million entries: its lines, and expressions that find a random
// one of them. What key makes is what the converter is given.
type bigMap struct {
	name      string
	converter string
	line      func(i int) string
	key       string // an expression over the variable txn.k, a number below a million
	lookups   int    // a request
}

const million = 1_000_000

func networkOf(i, bits int) string {
	n := 1<<24 + i<<8
	return fmt.Sprintf("%d.%d.%d.0/%d", n>>24, n>>16&255, n>>8&255, bits)
}

var bigMaps = []bigMap{
	{"`map_str`, host names", "map_str", func(i int) string { return fmt.Sprintf("host%d.example.com", i) }, "str(host),concat(,txn.k,.example.com)", 20},
	{"`map_beg`, paths", "map_beg", func(i int) string { return fmt.Sprintf("/app%d/", i) }, "str(/app),concat(,txn.k,/more/of/it)", 20},
	{"`map_ip`, networks /24", "map_ip", func(i int) string { return networkOf(i, 24) }, "var(txn.k),mul(256),add(16777216)", 20},
	{"`map_ip`, nine lengths, /16 to /24", "map_ip", func(i int) string { return networkOf(i, 16+i%9) }, "var(txn.k),mul(256),add(16777216)", 20},
	{"`map_end`, domains", "map_end", func(i int) string { return fmt.Sprintf(".site%d.example", i) }, "str(www.site),concat(,txn.k,.example)", 1},
}

// config looks so many random keys up in a request, or only makes them.
func (m *bigMap) config(bind, file string, look bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `global
    nbthread 1
    maxconn 1000
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend fe
    bind %s
`, bind)
	for range m.lookups {
		fmt.Fprintf(&b, "    http-request set-var(txn.k) rand(%d)\n    http-request set-var(txn.v) %s", million, m.key)
		if look {
			fmt.Fprintf(&b, ",%s(%s)", m.converter, file)
		}
		b.WriteString("\n")
	}
	if look { // it is there, without being looked up, otherwise
		b.WriteString("    http-request deny if !{ var(txn.v) -m found }\n")
	} else {
		fmt.Fprintf(&b, "    http-request set-var(txn.x) str(none),%s(%s) if { path /load }\n", m.converter, file)
	}
	b.WriteString("    http-request return status 200\n")
	return b.String()
}

// found is what one measurement found of a map.
type found struct {
	lookup   float64 // ns of CPU time
	load     float64 // CPU seconds of a start
	resident float64 // MiB after the lookups
}

func benchPatterns(s *settings) (string, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	var b strings.Builder
	heading(&b, s, "Maps of 1,000,000 lines: CPU time of looking up a random one of them, which is what a request with so many lookups costs beyond the same request without, by lookup; CPU time until the first connection is accepted, and resident memory after the lookups.")
	b.WriteString("| | lookup: haproxy ns | sluice ns | **ratio** | rounds: ratio | load: haproxy s, MiB | sluice s, MiB | **CPU** | **memory** |\n|:--|--:|--:|--:|:--|--:|--:|--:|--:|\n")
	for _, m := range bigMaps {
		if s.row != "" && !strings.Contains(m.name, s.row) {
			continue
		}
		file := filepath.Join(dir, "map")
		if err := m.write(file); err != nil {
			return "", err
		}
		results := map[string][]found{}
		for round := range s.rounds {
			order := s.contestants()
			if round%2 == 1 {
				order[0], order[1] = order[1], order[0]
			}
			for _, c := range order {
				f, err := m.measure(s, dir, file, c)
				if err != nil {
					return "", fmt.Errorf("%s, %s: %w", c.name, m.name, err)
				}
				log.Printf("%s, round %d, %-7s %7.0f ns a lookup, load %.2f s, %.0f MiB", m.name, round+1, c.name, f.lookup, f.load, f.resident)
				results[c.name] = append(results[c.name], f)
			}
		}
		of := func(name string, get func(found) float64) float64 { return median(results[name], get) }
		lookup := func(f found) float64 { return f.lookup }
		load := func(f found) float64 { return f.load }
		resident := func(f found) float64 { return f.resident }
		var rounds []string
		for i, f := range results["sluice"] {
			rounds = append(rounds, fmt.Sprintf("%.2g", f.lookup/results["haproxy"][i].lookup))
		}
		h, l := of("haproxy", lookup), of("sluice", lookup)
		fmt.Fprintf(&b, "| %s | %.0f | %.0f | **%.2g** | %s | %.2f, %.0f | %.2f, %.0f | **%.2f** | **%.2f** |\n", m.name, h, l, l/h, strings.Join(rounds, " "),
			of("haproxy", load), of("haproxy", resident), of("sluice", load), of("sluice", resident),
			of("sluice", load)/of("haproxy", load), of("sluice", resident)/of("haproxy", resident))
	}
	return b.String(), nil
}

func (m *bigMap) write(file string) error {
	var b strings.Builder
	for i := range million {
		b.WriteString(m.line(i * 7919 % million)) // not in the order of a tree
		b.WriteString(" value\n")
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}

func (m *bigMap) measure(s *settings, dir, file string, c contestant) (f found, err error) {
	var per [2]float64
	for i, look := range []bool{false, true} {
		if per[i], err = m.request(s, dir, file, c, look, &f); err != nil {
			return f, err
		}
	}
	f.lookup = (per[1] - per[0]) / float64(m.lookups)
	return f, nil
}

// request is the CPU time of a request in ns.
func (m *bigMap) request(s *settings, dir, file string, c contestant, look bool, f *found) (float64, error) {
	addr := freeAddr()
	p, err := startProxy(s.proxyCPU, dir, c, m.config(addr, file, look), addr)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	cpu, err := p.cpu()
	if err != nil {
		return 0, err
	}
	f.load = cpu.Seconds()
	url := "http://" + addr + "/"
	if _, err := runWrk(s, dir, url, "", 16, s.warm); err != nil {
		return 0, err
	}
	if cpu, err = p.cpu(); err != nil {
		return 0, err
	}
	r, err := runWrk(s, dir, url, "", 16, s.span)
	if err != nil {
		return 0, err
	}
	after, err := p.cpu()
	if err != nil {
		return 0, err
	}
	if f.resident, err = p.resident(); err != nil {
		return 0, err
	}
	if r.Errors > 0 || r.Requests == 0 {
		return 0, fmt.Errorf("%d errors in %d requests", r.Errors, r.Requests)
	}
	return float64(after-cpu) / float64(r.Requests), nil
}
