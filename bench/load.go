package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// sizes are the numbers of backends of the load table.
var sizes = []int{10, 1000, 20000, 100000}

// loadConfig is a configuration of n backends with two servers each. The
// servers are not checked, so that a program that serves it sends nothing.
func loadConfig(n int, bind string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `global
    maxconn 1000
    nbthread 1
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend fe
    bind %s
    acl a path_beg /a
    use_backend b0 if a
    default_backend b1
`, bind)
	for i := range n {
		fmt.Fprintf(&b, `backend b%d
    balance roundrobin
    option forwardfor
    timeout queue 3s
    http-request set-header x-backend b%d
    server s0 127.0.0.1:%d weight 10
    server s1 127.0.0.1:%d weight 20
`, i, i, 8000+i%1000, 9000+i%1000)
	}
	return b.String()
}

// loading is what one load took.
type loading struct {
	check    float64 // CPU seconds of "-c"
	checkMiB float64 // its largest resident memory
	start    float64 // CPU seconds until the first connection is accepted
	startMiB float64 // resident memory then
}

func benchLoad(s *settings) (string, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	bind := freeAddr()
	var b strings.Builder
	heading(&b, s, "CPU time and resident memory of reading a configuration of so many backends with two servers and one rule each: `-c` to its end, and a start to the first connection accepted.")
	b.WriteString("| backends | `-c`: haproxy s, MiB | sluice s, MiB | **CPU** | **memory** | start: haproxy s, MiB | sluice s, MiB | **CPU** | **memory** |\n")
	b.WriteString("|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, n := range sizes {
		config := loadConfig(n, bind)
		results := map[string][]loading{}
		for round := range s.rounds {
			order := s.contestants()
			if round%2 == 1 {
				order[0], order[1] = order[1], order[0]
			}
			for _, c := range order {
				r, err := load(s, dir, c, config, bind)
				if err != nil {
					return "", fmt.Errorf("%s, %d backends: %w", c.name, n, err)
				}
				log.Printf("load %6d %-8s -c %.3f s %.0f MiB, start %.2f s %.0f MiB", n, c.name, r.check, r.checkMiB, r.start, r.startMiB)
				results[c.name] = append(results[c.name], r)
			}
		}
		of := func(name string, get func(loading) float64) float64 { return median(results[name], get) }
		cell := func(a, m func(loading) float64, digits int) {
			h, hm, sl, sm := of("haproxy", a), of("haproxy", m), of("sluice", a), of("sluice", m)
			fmt.Fprintf(&b, " %.*f, %.0f | %.*f, %.0f | %s | **%.2f** |", digits, h, hm, digits, sl, sm, ratio(sl, h), sm/hm)
		}
		fmt.Fprintf(&b, "| %d |", n)
		cell(func(l loading) float64 { return l.check }, func(l loading) float64 { return l.checkMiB }, 3)
		cell(func(l loading) float64 { return l.start }, func(l loading) float64 { return l.startMiB }, 2)
		b.WriteString("\n")
	}
	return b.String(), nil
}

// ratio is a divided by b; what is below the clock's resolution has none.
func ratio(a, b float64) string {
	if b < 0.02 {
		return "–"
	}
	return fmt.Sprintf("**%.2f**", a/b)
}

func load(s *settings, dir string, c contestant, config, addr string) (loading, error) {
	var l loading
	path := filepath.Join(dir, "load.cfg")
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		return l, err
	}
	cmd := exec.Command("taskset", "-c", s.proxyCPU, c.program, "-c", "-f", path)
	if out, err := cmd.CombinedOutput(); err != nil {
		return l, fmt.Errorf("-c: %w\n%s", err, out)
	}
	l.check = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	l.checkMiB = float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
	p, err := startProxy(s.proxyCPU, dir, c, config, addr)
	if err != nil {
		return l, err
	}
	defer p.stop()
	cpu, err := p.cpu()
	if err != nil {
		return l, err
	}
	l.start = cpu.Seconds()
	l.startMiB, err = p.resident()
	return l, err
}

// resident is the memory of the child in MiB.
func (c *child) resident() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kib); n == 1 {
			return kib / 1024, nil
		}
	}
	return 0, fmt.Errorf("no VmRSS")
}
