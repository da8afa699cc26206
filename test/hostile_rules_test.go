package test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// text is a rule that answers so.
func text(format string) string {
	return "    http-request return status 200 content-type text/plain lf-string " + format + "\n"
}

func bodyOf(t *testing.T, addr, path, fields string) string {
	t.Helper()
	a, err := harness.Ask(t, addr, "GET "+path+" HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"+fields+"\r\n")
	if err != nil || a.Err != nil {
		t.Fatalf("GET %.80s: %v, %+v", path, err, a)
	}
	if a.Status != 200 {
		return fmt.Sprint(a.Status)
	}
	return string(a.Body)
}

// Ten thousand rules, conditions and cases load at once, and the right one decides.
func TestTenThousandRules(t *testing.T) {
	const n = 10000
	kinds := []string{
		"path_beg /no%d/", "hdr(host) -i no%d.example", "path -m reg ^/no%d/[a-z]+$", "url_param(n) no%d", "path_end .no%d",
		"hdr_cnt(x%d) gt 0", "var(txn.v%d) -m found", "path -m len 6%06d:7000000", "hdr(x),lower no%d", "src 10.%d.0.0/16",
	}
	holds := func(i int) string {
		if kind := kinds[i%len(kinds)]; !strings.HasPrefix(kind, "src") {
			return fmt.Sprintf(kind, i)
		}
		return fmt.Sprintf("src 10.%d.0.0/16", i%256)
	}
	many := func(format string, args func(i int) []any) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, args(i)...)
		}
		return b.String()
	}
	backends := "backend b\n    http-request return status 200 content-type text/plain string cases\n"
	for _, x := range []struct{ name, rules, want string }{
		{"anonymous ACLs", many("    http-request deny status 500 if { %s }\n", func(i int) []any { return []any{holds(i)} }) + text("last"),
			"/: last, /no5000/: 500, /?n=no9993: 500, /x.no4: 500"},
		{"named ACLs", many("    acl a%d %s\n", func(i int) []any { return []any{i, holds(i)} }) +
			many("    http-request set-var(txn.n) int(%d) if a%d\n", func(i int) []any { return []any{i, i} }) + text("%[var(txn.n)]"),
			"/: , /no5000/: 5000, /x.no4/?n=no9993: 9993"},
		{"one ACL with all tests", many("    acl a %s\n", func(i int) []any { return []any{holds(i)} }) + "    http-request deny status 500 if a\n" + text("none"),
			"/: none, /no5000/: 500, /?n=no9993: 500"},
		{"as many words as a line may have", "    acl a path /x\n    acl b path /y\n    http-request deny status 500 if" + strings.Repeat(" a b ||", 18) + " a || b\n" + text("none"),
			"/: none, /x: 500, /y: 500"},
		{"variables", "    http-request set-var(txn.n) int(0)\n" + many("    http-request set-var(txn.n) int(1),add(txn.n)\n", func(int) []any { return nil }) + text("%[var(txn.n)]"),
			fmt.Sprintf("/: %d", n)},
		{"cases", many("    use_backend none%d if { %s }\n", func(i int) []any { return []any{i, holds(i)} }) + "    default_backend b\n" +
			many("backend none%d\n", func(i int) []any { return []any{i} }) + backends,
			"/: cases, /no5000/: 503"},
	} {
		t.Run(x.name, func(t *testing.T) {
			addr := harness.Addr(t)
			begin := time.Now()
			p := harness.Start(t, harness.Options{Standalone: true, Await: []string{addr},
				Config: defaults + "frontend f\n    bind " + addr + "\n" + x.rules})
			if took := time.Since(begin); took > 10*time.Second {
				t.Errorf("the start took %v", took)
			}
			for q := range strings.SplitSeq(x.want, ", ") {
				path, want, _ := strings.Cut(q, ": ")
				begin := time.Now()
				if got := bodyOf(t, addr, path, ""); got != want {
					t.Errorf("GET %s: %q, want %q", path, got, want)
				}
				if took := time.Since(begin); took > time.Second {
					t.Errorf("GET %s took %v", path, took)
				}
			}
			harness.NoPanic(t, p.Output())
		})
	}
}

// Expressions may be as deep as a line is long; what goes around in a circle, or is
// never closed, is refused.
func TestDeepExpressions(t *testing.T) {
	acls := func(n int) string {
		var b strings.Builder
		b.WriteString("    acl a0 path /x\n")
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, "    acl a%d acl(!a%d)\n", i, i-1)
		}
		return b.String() + fmt.Sprintf("    http-request deny status 500 if a%d\n", n-1) + text("no")
	}
	converters := func(n int) string { return text("%[path" + strings.Repeat(",lower,upper", n/2) + "]") }
	for _, x := range []struct{ name, rules, want string }{
		{"1,000 converters", converters(1000), "/x: /X"},
		{"100,000 converters", converters(100000), "/x: /X"},
		{"converters that are too much at the end", text("%[path" + strings.Repeat(",lower", 1000) + ",nope]"), "unknown converter 'nope'"},
		{"values that grow", text("%[path" + strings.Repeat(",concat(a)", 1000) + ",length]"), "/x: 1002"},
		{"values that double", "    http-request set-var(txn.v) path\n" +
			strings.Repeat("    http-request set-var(txn.v) var(txn.v),concat(,txn.v)\n", 1000) + text("%[path]"), "/x: /x"},
		{"1,001 ACLs, one testing the other", acls(1001), "/x: 500, /y: no"},
		{"10,002 ACLs, one testing the other", acls(10002), "ACLs test one another more than 10000 deep"},
		{"an ACL that tests itself", "    acl a path /x\n    acl b acl(a)\n    acl a acl(!b)\n    http-request deny if a\n", "error detected while parsing ACL 'a' : have a recursive loop."},
		{"parentheses that stay open", text("%[str" + strings.Repeat("(", 10000) + "]"), "expected ')'"},
		{"parentheses of too many", text("%[path,lower" + strings.Repeat(")", 10000) + "]"), "[ALERT]"},
		{"brackets that stay open", text(strings.Repeat("%[", 10000)), "[ALERT]"},
		{"groups of an expression", "    http-request deny if { path -m reg " + strings.Repeat("(", 10000) + "a" + strings.Repeat(")", 10000) + " }\n", "[ALERT]"},
		{"repetitions of repetitions", "    http-request deny if { path -m reg " + strings.Repeat("(", 50) + "a" + strings.Repeat("){1000}", 50) + " }\n", "[ALERT]"},
	} {
		t.Run(x.name, func(t *testing.T) {
			addr := harness.Addr(t)
			p := harness.Start(t, harness.Options{Standalone: true, NoWait: true, Config: defaults + "frontend f\n    bind " + addr + "\n" + x.rules})
			eventually(t, 10*time.Second, "service or end", func() error {
				if p.Exited() {
					return nil
				}
				return harness.Connects(addr)
			})
			if !strings.HasPrefix(x.want, "/") {
				if !p.Exited() || !strings.Contains(p.Output(), x.want) || !strings.Contains(p.Output(), "sluice.cfg:") {
					t.Errorf("exited %v, want %q", p.Exited(), x.want)
				} else if rc := p.AwaitExit(0); rc != 1 {
					t.Errorf("exit status %d", rc)
				}
				return
			}
			if p.Exited() {
				t.Fatal("it does not serve")
			}
			for q := range strings.SplitSeq(x.want, ", ") {
				path, want, _ := strings.Cut(q, ": ")
				if got := bodyOf(t, addr, path, ""); got != want {
					t.Errorf("GET %s: %.80q, want %q", path, got, want)
				}
			}
			if rss := harness.RSS(t, p.Pid); rss > 100<<20 {
				t.Errorf("%d MiB are resident", rss>>20)
			}
		})
	}
}

// A value made to backtrack costs its time limit and no more, whatever asks for it;
// others are served meanwhile, and what RE2 does takes no longer for it.
func TestBacktracking(t *testing.T) {
	addr := harness.Addr(t)
	p := harness.Start(t, harness.Options{Standalone: true, Await: []string{addr}, Config: "global\n    nbthread 1\n    warn-blocked-traffic-after 1s\n" + defaults + "frontend f\n    bind " + addr + `
    http-request deny status 500 if { path_beg /back } { path -m reg '^/back/(?=((a+)+)+b)a' }
    http-request deny status 501 if { path_beg /back } { path -m reg '^/back/(a*)*(a*)*\1b$' }
    http-request deny status 502 if { path -m reg '^/re2/((a+)+)+b$' }
    http-request set-var(txn.n) 'path,regsub("^/b.*/((?=a)a*)*\1b",x,g),length'
` + text("%[var(txn.n)]")})
	evil := strings.Repeat("a", 8000)
	for _, x := range []struct {
		path, want string
		within     time.Duration
	}{
		{"/x", "2", time.Second},
		{"/back/aaab", "500", time.Second}, // an honest one matches
		{"/back/" + evil, "8006", 2 * time.Second},
		{"/re2/" + evil, "8005", 2 * time.Second},
		{"/re2/" + evil + "b", "502", 2 * time.Second},
	} {
		begin := time.Now()
		if got := bodyOf(t, addr, x.path, ""); got != x.want {
			t.Errorf("GET %.20s: %s, want %s", x.path, got, x.want)
		}
		if took := time.Since(begin); took > x.within {
			t.Errorf("GET %.20s took %v", x.path, took)
		}
	}
	// Several at once, and another who asks for something else.
	for range 8 {
		io.WriteString(harness.Dial(t, addr), "GET /back/"+evil+" HTTP/1.1\r\nHost: test\r\n\r\n")
	}
	begin := time.Now()
	if got := bodyOf(t, addr, "/x", ""); got != "2" {
		t.Error(got)
	}
	// Each costs three limits of 10 ms; a busy machine makes it more.
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("the other waited for %v", took)
	}
	if n := strings.Count(p.Output(), "(?=((a+)+)+b)a"); n != 1 {
		t.Errorf("%d warnings of one expression", n)
	}
}
