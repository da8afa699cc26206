package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// tcpConfig: haproxy is told to use splice; Sluice needs not be told.
const tcpConfig = `global
    nbthread 1
    maxconn 4000
%[1]sdefaults
    mode tcp
    timeout connect 5s
    timeout client 30s
    timeout server 30s
listen bulk
    bind %[2]s
%[3]s    server s1 %[4]s
`

// A flow is a row of the TCP table.
type flow struct {
	streams int
	pipes   bool // haproxy gets pipes of 1 MiB, too
	user    bool // both give up root, and with it the right to many large pipes
}

func (f flow) String() string {
	s := fmt.Sprint(f.streams)
	if f.pipes {
		s += ", haproxy with `tune.pipesize 1048576`"
	}
	if f.user {
		s += ", both with `user nobody`"
	}
	return s
}

func (s *settings) flows() []flow {
	var f []flow
	for _, n := range s.streams {
		f = append(f, flow{streams: n}, flow{streams: n, pipes: true})
	}
	if os.Getuid() == 0 {
		f = append(f, flow{streams: 200, user: true}, flow{streams: 200, pipes: true, user: true})
	}
	return f
}

type bulk struct {
	perGiB  float64 // CPU seconds
	gibRate float64 // GiB a second
	busy    float64
}

func benchTCP(s *settings) (string, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	source := freeAddr()
	src, err := start(s.loadCPU, filepath.Join(dir, "source.out"), self, "source", source)
	if err != nil {
		return "", err
	}
	defer src.stop()
	if err := src.await(source); err != nil {
		return "", err
	}
	var b strings.Builder
	heading(&b, s, fmt.Sprintf("CPU time of the proxy process per GiB from server to client; TCP, %g GiB a measurement, one thread, `option splice-auto` for haproxy.", s.gib))
	b.WriteString("| streams | haproxy s/GiB | sluice s/GiB | **ratio** | rounds: ratio | GiB/s (haproxy, sluice) | proxy busy |\n|:--|--:|--:|--:|:--|:--|:--|\n")
	for _, f := range s.flows() {
		results := map[string][]bulk{}
		for round := range s.rounds {
			order := s.contestants()
			if round%2 == 1 {
				order[0], order[1] = order[1], order[0]
			}
			for _, c := range order {
				m, err := measureTCP(s, dir, c, source, f)
				if err != nil {
					return "", fmt.Errorf("%s with %s streams: %w", c.name, f, err)
				}
				log.Printf("%s streams, round %d, %-7s %.3f s/GiB, %.2f GiB/s, proxy %.0f %% busy", f, round+1, c.name, m.perGiB, m.gibRate, 100*m.busy)
				results[c.name] = append(results[c.name], m)
			}
		}
		h, l := results["haproxy"], results["sluice"]
		per := func(m bulk) float64 { return m.perGiB }
		var ratios []string
		for i := range h {
			ratios = append(ratios, fmt.Sprintf("%.2f", per(l[i])/per(h[i])))
		}
		rate, busy := func(m bulk) float64 { return m.gibRate }, func(m bulk) float64 { return 100 * m.busy }
		fmt.Fprintf(&b, "| %s | %.3f | %.3f | **%.2f** | %s | %.2f, %.2f | %.0f %%, %.0f %% |\n", f, median(h, per), median(l, per),
			median(l, per)/median(h, per), strings.Join(ratios, " "), median(h, rate), median(l, rate), median(h, busy), median(l, busy))
	}
	return b.String(), nil
}

func measureTCP(s *settings, dir string, c contestant, source string, f flow) (bulk, error) {
	addr, global, extra := freeAddr(), "", ""
	if c.name == "haproxy" {
		extra = "    option splice-auto\n"
		if f.pipes {
			global += "    tune.pipesize 1048576\n"
		}
	}
	if f.user {
		global += "    user nobody\n"
	}
	p, err := startProxy(s.proxyCPU, dir, c, fmt.Sprintf(tcpConfig, global, addr, extra, source), addr)
	if err != nil {
		return bulk{}, err
	}
	defer p.stop()
	if err := pull(addr, 1, 64); err != nil { // warm up
		return bulk{}, err
	}
	mib := max(1, int(s.gib*1024)/f.streams)
	cpu0, err := p.cpu()
	if err != nil {
		return bulk{}, err
	}
	begin := time.Now()
	if err := pull(addr, f.streams, mib); err != nil {
		return bulk{}, err
	}
	took := time.Since(begin)
	cpu1, err := p.cpu()
	if err != nil {
		return bulk{}, err
	}
	gib := float64(mib*f.streams) / 1024
	return bulk{(cpu1 - cpu0).Seconds() / gib, gib / took.Seconds(), float64(cpu1-cpu0) / float64(took)}, nil
}

// pull receives mib MiB on each of so many streams and throws them away.
func pull(addr string, streams, mib int) error {
	errs := make([]error, streams)
	var wg sync.WaitGroup
	for i := range streams {
		wg.Go(func() { errs[i] = pullOne(addr, mib) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func pullOne(addr string, mib int) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := fmt.Fprintf(c, "%08x", mib); err != nil {
		return err
	}
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return err
	}
	// MSG_TRUNC makes the kernel drop the bytes without copying them: the sink
	// shares its processor with the source.
	var got int64
	buf := make([]byte, 1<<20)
	var rerr error
	err = raw.Read(func(fd uintptr) bool {
		for {
			n, _, err := syscall.Recvfrom(int(fd), buf, syscall.MSG_TRUNC|syscall.MSG_DONTWAIT)
			switch {
			case err == syscall.EAGAIN:
				return false
			case err != nil:
				rerr = err
				return true
			case n == 0:
				return true
			}
			got += int64(n)
		}
	})
	if err == nil {
		err = rerr
	}
	if err == nil && got != int64(mib)<<20 {
		err = fmt.Errorf("%d bytes of %d", got, int64(mib)<<20)
	}
	return err
}
