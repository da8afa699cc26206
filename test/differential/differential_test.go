package differential

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/test/harness"
)

var update = flag.Bool("update", false, "rewrite the list of differences")

const (
	list  = "testdata/differences.txt"
	lanes = 16
	next  = "GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
)

// A proxy is a running program with a listener and an origin per lane.
type proxy struct {
	at      []string
	origins []*origin
}

// start runs program; lax is an option that makes it accept what breaks the rules.
func start(t *testing.T, program, lax string) *proxy {
	p := &proxy{}
	var b strings.Builder
	b.WriteString(`global
    nbthread 1
defaults
    mode http
    timeout connect 1s
    timeout client 400ms
    timeout server 900ms
    timeout http-request 300ms
` + lax)
	for i := range lanes {
		p.at = append(p.at, harness.Addr(t))
		p.origins = append(p.origins, newOrigin(t, lax != ""))
		fmt.Fprintf(&b, "listen l%d\n    bind %s\n    server s %s\n", i, p.at[i], p.origins[i].addr)
	}
	path := filepath.Join(t.TempDir(), "odd.cfg")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-db", "-f", path)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() || strings.Contains(out.String(), "panic") {
			t.Errorf("%s said:\n%s", program, out.String())
		}
	})
	for deadline := time.Now().Add(10 * time.Second); ; {
		err := harness.Connects(p.at[lanes-1])
		if err == nil {
			return p
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen: %v\n%s", program, err, out.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// An outcome is what both ends saw of a case.
type outcome struct {
	answers []int    // status codes that the client got
	seen    []string // requests that the origin got
	end     string   // "" when the proxy closed; else what went wrong
}

func (o outcome) String() string {
	return fmt.Sprintf("%v%s %s", o.answers, o.end, strings.Join(o.seen, " | "))
}

// bodies are the requests that reached the origin whole, without those of the
// plain request behind.
func (o outcome) bodies() []string {
	return slices.DeleteFunc(slices.Clone(o.seen), func(s string) bool { return s == `GET "/next" ""` })
}

func (p *proxy) try(lane int, text string) (o outcome) {
	p.origins[lane].take()
	c, err := net.DialTimeout("tcp", p.at[lane], 5*time.Second)
	if err != nil {
		o.end = "! " + err.Error()
		return o
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(c, text+next)
	br := bufio.NewReader(c)
	method := "GET"
	if strings.HasPrefix(text, "HEAD ") {
		method = "HEAD"
	}
	for {
		if _, err := br.Peek(1); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				o.end = "! hangs"
			}
			break
		}
		r, err := http.ReadResponse(br, &http.Request{Method: method})
		if err != nil {
			o.end = "! " + err.Error()
			break
		}
		io.Copy(io.Discard, r.Body)
		if r.StatusCode != 100 {
			method = "GET"
			o.answers = append(o.answers, r.StatusCode)
		}
	}
	// What was cut the origin may not have noticed yet.
	o.seen = slices.DeleteFunc(p.origins[lane].take(), func(s string) bool { return strings.HasSuffix(s, "(cut)") })
	return o
}

func reference(t *testing.T) string {
	if p := os.Getenv("REF_HAPROXY"); p != "" {
		return p
	}
	for _, p := range []string{"haproxy", "/usr/sbin/haproxy"} {
		if p, err := exec.LookPath(p); err == nil {
			return p
		}
	}
	t.Fatal("no haproxy to compare with: make tools installs it")
	return ""
}

// run tries all cases, several at a time.
func (p *proxy) run(all []odd) []outcome {
	got := make([]outcome, len(all))
	work := make(chan int)
	var wg sync.WaitGroup
	for lane := range lanes {
		wg.Go(func() {
			for i := range work {
				got[i] = p.try(lane, all[i].text)
			}
		})
	}
	for i := range all {
		work <- i
	}
	close(work)
	wg.Wait()
	return got
}

// No odd request may make Sluice and HAProxy deliver different messages, nor
// make Sluice deliver anything that an origin could understand differently.
// Where one of them refuses what the other takes, a list says so.
func TestOddRequests(t *testing.T) {
	all := odds()
	if len(all) < 1000 {
		t.Fatalf("%d cases", len(all))
	}
	ref, own := start(t, reference(t), ""), start(t, harness.Binary(t), "")
	var theirs, ours []outcome
	var wg sync.WaitGroup
	wg.Go(func() { theirs = ref.run(all) })
	wg.Go(func() { ours = own.run(all) })
	wg.Wait()
	var different []string
	for i, c := range all {
		a, b := theirs[i], ours[i]
		if b.end != "" {
			t.Errorf("%s: Sluice%s", c.name, b)
		}
		for _, s := range b.seen {
			if strings.HasPrefix(s, "garbage") {
				t.Errorf("%s: the origin behind Sluice got %s", c.name, s)
			}
		}
		if n, m := len(b.bodies()), good(b.answers); m > n+1 {
			t.Errorf("%s: %d answers for %d requests: %s", c.name, m, n, b)
		}
		// Both delivered something: it must be the same.
		if x, y := a.bodies(), b.bodies(); len(x) > 0 && len(y) > 0 && !slices.Equal(x, y) && !harmless[c.name] {
			t.Errorf("%s: different messages were delivered: %s, and behind Sluice %s", c.name, a, b)
		}
		if a.String() == b.String() || unsteady[c.name] {
			continue
		}
		why := reasonFor(c.name)
		if why == "" {
			t.Errorf("%s: nobody said why HAProxy has %s and Sluice %s", c.name, a, b)
		}
		different = append(different, fmt.Sprintf("%s\t%s\t%s\t%s", c.name, a, b, why))
	}
	t.Logf("%d cases, %d differ", len(all), len(different))
	text := header + strings.Join(different, "\n") + "\n"
	if *update {
		if err := os.WriteFile(list, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if os.Getenv("REF_HAPROXY") != "" {
		t.Log(text)
		return // the list is about Debian's
	}
	want, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); d != "" {
		t.Errorf("other differences than the list says (-update writes it anew; read the diff):\n%s", d)
	}
}

// good counts the answers of the origin among the status codes.
func good(codes []int) (n int) {
	for _, c := range codes {
		if c == 200 {
			n++
		}
	}
	return n
}

const header = `# Odd requests that HAProxy 2.6 (first outcome) and Sluice (second) treat differently: status codes that the client got,
# requests that the origin understood whole ("/next" is the plain request behind the odd one), and why. Written by
# go test ./test/differential -update.
`
