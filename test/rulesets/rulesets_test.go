package rulesets

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/test/harness"
)

var (
	seeds = flag.Int("seeds", 60, "configurations to try")
	first = flag.Uint64("first", 1, "the first seed")
)

const requests = 12 // a configuration

// origin answers with the head that it got.
func origin(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return l.Addr().String()
}

func serve(c net.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	br := bufio.NewReader(c)
	for {
		var head strings.Builder
		for {
			line, err := br.ReadString('\n')
			if err != nil {
				return
			}
			if line == "\r\n" {
				break
			}
			head.WriteString(line)
		}
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head.String() + "\r\n")))
		if err != nil {
			fmt.Fprintf(c, "HTTP/1.1 418 Odd\r\nContent-Length: %d\r\n\r\n%s", head.Len(), head.String())
			return
		}
		io.CopyN(io.Discard, br, max(0, r.ContentLength))
		body := head.String()
		answer := "HTTP/1.1 200 OK\r\nX-O: one\r\nX-O: Two, three\r\nX-N: 7\r\nSet-Cookie: c=1\r\nServer: o\r\n"
		fmt.Fprintf(c, "%sContent-Length: %d\r\n\r\n", answer, len(body))
		if r.Method != "HEAD" {
			io.WriteString(c, body)
		}
	}
}

// A proxy is a running program.
type proxy struct {
	addr string
	logs *harness.Logs
	out  *strings.Builder
}

// start runs program with the configuration; false: it refuses it.
func start(t *testing.T, program, config, server string) (*proxy, bool) {
	p := &proxy{addr: harness.Addr(t), logs: harness.NewLogs(t), out: &strings.Builder{}}
	text := strings.NewReplacer("{bind}", p.addr, "{server}", server, "{log}", p.logs.Addr()).Replace(config)
	path := filepath.Join(t.TempDir(), "rules.cfg")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "-c", "-f", path).CombinedOutput(); err != nil {
		p.out.Write(out)
		return p, false
	}
	cmd := exec.Command(program, "-db", "-f", path)
	cmd.Stdout, cmd.Stderr = p.out, p.out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if strings.Contains(p.out.String(), "panic") {
			t.Errorf("%s said:\n%s", program, p.out)
		}
	})
	for end := time.Now().Add(10 * time.Second); harness.Connects(p.addr) != nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not listen:\n%s", program, p.out)
		}
	}
	return p, true
}

// try sends a request and gives the answer, with what differs between any two runs
// taken out.
func (p *proxy) try(t *testing.T, request string) string {
	c, err := net.DialTimeout("tcp", p.addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(c, request)
	b, err := io.ReadAll(io.LimitReader(c, 1<<20))
	if err != nil && len(b) == 0 {
		return "closed: no answer"
	}
	return string(b)
}

// TestRuleSets compares the two programs.
func TestRuleSets(t *testing.T) {
	haproxy, err := exec.LookPath("haproxy")
	if err != nil {
		t.Skip("haproxy is not installed")
	}
	version, _ := exec.Command(haproxy, "-v").Output()
	newer := !strings.HasPrefix(string(version), "HAProxy version 2.")
	server := origin(t)
	configs, compared, answered := 0, 0, 0
	for seed := *first; seed < *first+uint64(*seeds); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g := &gen{Rand: rand.New(rand.NewPCG(seed, 7)), newer: newer}
			config := g.config()
			h, hok := start(t, haproxy, config, server)
			s, sok := start(t, harness.Binary(t), config, server)
			if hok != sok {
				t.Fatalf("valid for haproxy: %v, for sluice: %v\n%s\n%s%s", hok, sok, config, h.out, s.out)
			}
			if !hok {
				t.SkipNow() // a converter that does not take such input, mostly
			}
			configs++
			for range requests {
				q := g.request()
				a, b := h.try(t, q), s.try(t, q)
				compared++
				if !strings.HasPrefix(a, "closed") {
					answered++
				}
				if d := cmp.Diff(normal(a), normal(b)); d != "" {
					t.Errorf("request\n%s\n(-haproxy +sluice)\n%s", q, d)
				}
			}
			// One more: the look whether it listens.
			await := func(p *proxy) []string {
				for end := time.Now().Add(3 * time.Second); len(logged(p.logs.Lines())) <= requests && time.Now().Before(end); {
					time.Sleep(5 * time.Millisecond)
				}
				return logged(p.logs.Lines())
			}
			if d := cmp.Diff(await(h), await(s)); d != "" {
				t.Errorf("log (-haproxy +sluice)\n%s", d)
			}
			if t.Failed() {
				t.Log(config)
			}
		})
	}
	if t.Logf("%d configurations, %d requests, %d answered", configs, compared, answered); configs < *seeds/2 || answered < compared/2 {
		t.Error("that is too few")
	}
}

// normal are the lines of an answer, and those of the head that the server got if the
// body is one. Fields are in the order of their names: those of one name keep theirs.
func normal(answer string) []string {
	head, body, _ := strings.Cut(answer, "\r\n\r\n")
	lines := fields(head)
	if strings.Contains(body, " HTTP/1.") {
		lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "content-length:") })
		return append(append(lines, "--"), fields(strings.TrimSuffix(body, "\r\n"))...)
	}
	return append(append(lines, "--"), body)
}

func fields(head string) []string {
	lines := strings.Split(head, "\r\n")
	for i, l := range lines { // names have no case
		if name, value, ok := strings.Cut(l, ":"); ok && i > 0 {
			lines[i] = strings.ToLower(name) + ":" + value
		}
	}
	slices.SortStableFunc(lines[1:], func(a, b string) int {
		a, _, _ = strings.Cut(a, ":")
		b, _, _ = strings.Cut(b, ":")
		return strings.Compare(a, b)
	})
	return lines
}

// logged are the lines of requests, behind their syslog header.
func logged(lines []string) (list []string) {
	for _, l := range lines {
		if _, text, ok := strings.Cut(l, "]: "); ok && strings.Contains(text, " m=") {
			list = append(list, text)
		}
	}
	return list
}
