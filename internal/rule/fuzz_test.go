package rule

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

var fuzzSeeds = []string{
	"if TRUE", "unless { path_beg /a } || !METH_GET { hdr(host) -i -m end x }", "if { src 10/8 ::1 } or ! ! FALSE",
	"if { str(a),field(1,.) -m reg ^a }", "if { int(5) ge 3 lt 9 }", "if { acl(!TRUE) }", "if { hdr_ip(x,-3) -n 1.2.3.4 }", "if { path -f pats }",
}

// FuzzCond compiles conditions and evaluates those that are good.
func FuzzCond(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	c := testCtx(f, plainRequest)
	f.Fuzz(func(t *testing.T, s string) {
		w := strings.Fields(s)
		if len(w) == 0 {
			return
		}
		if cond, err := testCompiler().Cond(w); err == nil {
			cond.True(c)
			cond.check(httpRequest.place(config.KindListen))
			if c.Mark() != 0 {
				t.Error("scratch bytes are left")
			}
		}
	})
}

// FuzzAction compiles actions and runs those that are good.
func FuzzAction(f *testing.F) {
	for _, s := range []string{
		"deny deny_status 429 if TRUE", "return status 200 content-type a lf-string '%[path] %{+Q}[src]' hdr a %ci", "redirect prefix / append-slash code 301",
		"set-header a %[hdr(x,2),regsub(a,b,g)]", "replace-value a ^b(.*) \\1", "del-header a -m reg", "set-uri http://h%[path]", "replace-path (.*) x\\1", "set-query a", "set-priority-class int(-9999) if TRUE", "set-priority-offset hdr(x),add(3)", "set-retries 3", "set-retries src_port", "disable-l7-retry",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(words(s)) == 0 {
			return
		}
		for _, set := range []ruleset{httpRequest, httpResponse, tcpContent} {
			r, err := compile(testCompiler(), set, s)
			if err != nil {
				continue
			}
			c, res := testCtx(t, "GET /a?b=c HTTP/1.1\nHost: h\nA: x, y\nA: z"), &Result{}
			if set == httpResponse {
				c.Res, c.Response = head(t, "HTTP/1.1 200 OK\nA: x, y"), true
			}
			if (Set{r}).Run(c, res); res.Reply != nil {
				got := string(res.Reply.Append(nil, c, false, true))
				if head, _, ok := strings.Cut(got, "\r\n\r\n"); !res.Reply.ErrorPage && (!ok || strings.Count(head, "\n") != strings.Count(head, "\r\n")) {
					t.Errorf("%q made %q", s, got)
				}
			}
		}
	})
}

// TestCutWords cuts good rules at every byte: an error or a rule, never a panic.
func TestCutWords(t *testing.T) {
	for _, s := range fuzzSeeds {
		for i := 1; i <= len(s); i++ {
			if w := strings.Fields(s[:i]); len(w) > 0 {
				if c, err := testCompiler().Cond(w); err == nil {
					c.True(testCtx(t, plainRequest))
				}
			}
		}
	}
}
