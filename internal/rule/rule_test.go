package rule

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// compile compiles the words of a rule that follow the ruleset's keyword. Words
// are cut at blanks except within single quotes.
func compile(k *Compiler, set ruleset, text string) (*Rule, error) {
	return compileOn(k, set, config.KindListen, text)
}

func compileOn(k *Compiler, set ruleset, kind config.Kind, text string) (*Rule, error) {
	w := words(text)
	row := findAction(set, w[0])
	if row == nil {
		return nil, errNoAction
	}
	p := &actionParser{Compiler: k, set: set, place: set.place(kind), kind: kind, word: w[0]}
	act, rest, err := runParse(row, p, w[1:])
	if err != nil {
		return nil, err
	}
	r := &Rule{Pos: config.Pos{File: "t.cfg", Line: 1}, Name: set.String() + " " + w[0], Action: act, Final: row.Final}
	if len(rest) > 0 {
		if !isCond(rest) {
			return nil, errTrailing
		}
		r.Cond, err = k.Cond(rest)
	}
	return r, err
}

var errNoAction, errTrailing = fakeError("no such action"), fakeError("trailing words")

type fakeError string

func (e fakeError) Error() string { return string(e) }

// rules compiles lines: "q " begins one of http-request, "r " of http-response.
func rules(t testing.TB, lines ...string) (req, res Set) {
	t.Helper()
	for _, l := range lines {
		set := httpRequest
		if l[0] == 'r' {
			set = httpResponse
		}
		r, err := compile(testCompiler(), set, l[2:])
		if err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		if set == httpRequest {
			req = append(req, r)
		} else {
			res = append(res, r)
		}
	}
	return req, res
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// The answers were observed on the reference.
func TestReplies(t *testing.T) {
	const star = "OPTIONS * HTTP/1.1\nHost: abc"
	for _, x := range []struct{ rule, req, want string }{
		{"return status 200 content-type text/plain string x", "", "HTTP/1.1 200 OK\ncontent-length: 1\ncontent-type: text/plain\nconnection: close\n\nx"},
		{"return", "", "HTTP/1.1 200 OK\ncontent-length: 0\nconnection: close\n\n"},
		{"return status 404", "", "HTTP/1.1 404 Not Found\ncontent-length: 0\nconnection: close\n\n"},
		{"return status 599", "", "HTTP/1.1 599 Server Error\ncontent-length: 0\nconnection: close\n\n"},
		{"return content-type text/plain lf-string %[hdr(nope)]", "", "HTTP/1.1 200 OK\ncontent-length: 0\nconnection: close\n\n"},
		{"return status 299 content-type text/plain string x hdr X-A 'a %[path]' hdr Content-Type foo hdr x-a b", "",
			"HTTP/1.1 299 Success\nx-a: a /a/b\nx-a: b\ncontent-length: 1\ncontent-type: text/plain\nconnection: close\n\nx"},
		{"deny status 404 hdr a b", "", "HTTP/1.1 404 Not Found\na: b\ncontent-length: 0\nconnection: close\n\n"},
		{"deny deny_status 503 hdr a b", "", "HTTP/1.1 503 Service Unavailable\na: b\ncontent-length: 0\nconnection: close\n\n"},
		{"deny status 404", "", "HTTP/1.1 404 Not Found\ncontent-length: 0\nconnection: close\n\n"},
		{"deny content-type text/plain string no", "", "HTTP/1.1 403 Forbidden\ncontent-length: 2\ncontent-type: text/plain\nconnection: close\n\nno"},
		{"return status 200 content-type text/html file pats hdr a b", "", "HTTP/1.1 200 OK\na: b\ncontent-length: 23\ncontent-type: text/html\nconnection: close\n\n\x00" + testFiles["pats"]},
		{"return status 200 content-type text/html lf-file lf", "", "HTTP/1.1 200 OK\ncontent-length: 11\ncontent-type: text/html\nconnection: close\n\n\x00path=/a/b\nq"},
		{"return errorfile page", "", "HTTP/1.0 444 Foo\nx-a: b\ncontent-type: text/x\n\nbody"},
		{"return status 404 errorfile page", "", "HTTP/1.0 444 Foo\nx-a: b\ncontent-type: text/x\n\nbody"},
		{"redirect location /new", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /new\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect location /new code 301 keep-query", "", "HTTP/1.1 301 Moved Permanently\ncontent-length: 0\nlocation: /new?x=1\nconnection: close\n\n"},
		{"redirect location /new?z=1 code 301 keep-query", "", "HTTP/1.1 301 Moved Permanently\ncontent-length: 0\nlocation: /new?z=1&x=1\nconnection: close\n\n"},
		{"redirect prefix https://foo code 308", "", "HTTP/1.1 308 Permanent Redirect\ncontent-length: 0\nlocation: https://foo/a/b?x=1\nconnection: close\n\n"},
		{"redirect prefix https://foo drop-query", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: https://foo/a/b\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect prefix / drop-query append-slash", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /a/b/\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect prefix /", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /a/b?x=1\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect prefix http://p%[path] append-slash drop-query", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: http://p/a/b/a/b/\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect scheme https", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: https://h.example/a/b?x=1\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect scheme https drop-query code 303", "", "HTTP/1.1 303 See Other\ncontent-length: 0\nlocation: https://h.example/a/b\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect scheme https", "GET /a HTTP/1.0", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: https:///a\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect scheme https", star, "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: https://abc/\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect prefix http://z", star, "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: http://z/\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect prefix http://z", "GET http://abc/d?e HTTP/1.1\nHost: abc", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: http://z/d?e\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect prefix http://z append-slash", "GET /a?b HTTP/1.1\nHost: abc", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: http://z/a?b/\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect location http://z append-slash", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: http://z\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect location /new set-cookie a=b", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /new\ncache-control: no-cache\nset-cookie: a=b; path=/;\nconnection: close\n\n"},
		{"redirect location /new clear-cookie a=", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /new\ncache-control: no-cache\nset-cookie: a=; path=/; Max-Age=0;\nconnection: close\n\n"},
		{"redirect location /new set-cookie-fmt p=%[path]", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /new\ncache-control: no-cache\nset-cookie: p=/a/b; path=/;\nconnection: close\n\n"},
		{"redirect location %[hdr(nope)]", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: \ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect location %[hdr(nope)] ignore-empty", "", ""},
		{"redirect location /%[hdr(host)]/%[path]", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /h.example//a/b\ncache-control: no-cache\nconnection: close\n\n"},
		{"redirect location /x%[bin(610a62)]y", "", "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /xa%0Aby\ncache-control: no-cache\nconnection: close\n\n"},
	} {
		if x.req == "" {
			x.req = plainRequest
		}
		req, _ := rules(t, "q "+x.rule)
		c, res := testCtx(t, x.req), &Result{}
		v := req.Run(c, res)
		if x.want == "" {
			if v != Continue || res.Reply != nil || res.Rule != nil {
				t.Errorf("%s: %v", x.rule, v)
			}
			continue
		}
		if want := Respond; v != want && (v != Deny || !strings.HasPrefix(x.rule, "deny")) {
			t.Errorf("%s: %v", x.rule, v)
		}
		want := crlf(x.want)
		if head, body, ok := strings.Cut(x.want, "\x00"); ok { // the body's line ends count
			want = crlf(head) + body
		}
		if got := string(res.Reply.Append([]byte("#"), c, false, true)); got != "#"+want {
			t.Errorf("%s\n got %q\nwant %q", x.rule, got, want)
		}
		head, _, _ := strings.Cut(want, "\r\n\r\n")
		if got := string(res.Reply.Append(nil, c, true, true)); got != head+"\r\n\r\n" {
			t.Errorf("%s to HEAD: %q", x.rule, got)
		}
		keep := strings.Replace(want, "connection: close\r\n", "", 1)
		if got := string(res.Reply.Append(nil, c, false, false)); got != keep {
			t.Errorf("%s kept alive: %q", x.rule, got)
		}
	}
}

func TestErrorPages(t *testing.T) {
	for _, x := range []struct {
		rule   string
		status int
		v      Verdict
	}{
		{"q deny", 403, Deny}, {"q deny deny_status 429", 429, Deny}, {"q deny default-errorfiles", 403, Deny}, {"r deny", 502, Deny},
		{"q return default-errorfiles status 500", 500, Respond}, {"q deny if TRUE", 403, Deny}, {"q deny deny_status 404 unless FALSE", 404, Deny},
	} {
		req, res := rules(t, x.rule)
		c, r := testCtx(t, plainRequest), &Result{}
		if v := append(req, res...).Run(c, r); v != x.v || !r.Reply.ErrorPage || r.Reply.Status != x.status || r.Reply.Closes() {
			t.Errorf("%s: %v %+v", x.rule, v, r.Reply)
		}
	}
	req, _ := rules(t, "q return errorfile page")
	r := &Result{}
	if req.Run(testCtx(t, plainRequest), r); !r.Reply.Closes() || r.Reply.Status != 200 {
		t.Error("a page without a length ends with the connection; the status is the rule's")
	}
	req, _ = rules(t, "q return errorfile sized")
	if req.Run(testCtx(t, plainRequest), r); r.Reply.Closes() {
		t.Error("a page with its length keeps the connection")
	}
	if got, want := string(r.Reply.Append(nil, nil, true, true)), "connection: close\r\n\r\n"; !strings.HasSuffix(got, want) {
		t.Errorf("nothing says that the connection ends: %q", got)
	}
}

// What a file says of the connection is heeded, but not sent beside what we say.
func TestFileEndsConnection(t *testing.T) {
	for file, want := range map[string]string{
		"HTTP/1.1 403 No\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx":                           "HTTP/1.1 403 No\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx",
		"HTTP/1.0 403 No\r\nConnection: close\r\nX-A: 1\r\n\r\nx":                                      "HTTP/1.0 403 No\r\nx-a: 1\r\n\r\nx",
		"HTTP/1.1 403 No\r\nConnection: keep-alive\r\nKeep-Alive: max=5\r\nContent-Length: 1\r\n\r\nx": "HTTP/1.1 403 No\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx",
	} {
		raw, _, ok := parseRaw([]byte(file))
		if !ok || raw.keeps != strings.Contains(file, "keep-alive") {
			t.Errorf("%q: %v %+v", file, ok, raw)
			continue
		}
		if got := string(raw.append(nil, false, true)); got != want {
			t.Errorf("%q:\n got %q\nwant %q", file, got, want)
		}
	}
}

// TestRewrite runs rules and looks at what would be sent.
func TestRewrite(t *testing.T) {
	for _, x := range []struct{ rules, req, want string }{
		{"q set-header X-Foo a\nq add-header X-foo '%[req.hdr(x-foo)] b'\nq set-header Host z", "", "GET /a/b?x=1 HTTP/1.1\nx-foo: a\nx-foo: a b\nhost: z"},
		{"q set-header X %[req.hdr(x)]+", "GET / HTTP/1.1\nHost: h\nx: 1\nX: 2", "GET / HTTP/1.1\nhost: h\nx: 2+"},
		{"q set-header c %{+Q}[path]\nq set-header e '%{-Q}[path] %{+Q}o %[path] %ci'", "", "GET /a/b?x=1 HTTP/1.1\nhost: h.example\nc: /a/b\ne: /a/b  /a/b \"127.0.0.1\""},
		{"q set-header x %[bin(610d0a7f80ff22)]", "", "GET /a/b?x=1 HTTP/1.1\nhost: h.example\nx: a%0D%0A%7F\x80\xff\""},
		{"q set-query z=%[query]&y\nq set-path /p%[path]", "", "GET /p/a/b?z=x=1&y HTTP/1.1\nhost: h.example"},
		{"q set-path x", "GET http://h:1/a?b HTTP/1.1\nHost: h:1", "GET http://h:1x?b HTTP/1.1\nhost: h:1"},
		{"q set-query z=%[query]&y", "GET http://h:1/ HTTP/1.1\nHost: h:1", "GET http://h:1/?z=&y HTTP/1.1\nhost: h:1"},
		{"q set-uri http://zz/p?q", "", "GET http://zz/p?q HTTP/1.1\nhost: zz"},
		{"q set-uri *", "", "GET * HTTP/1.1\nhost: h.example"},
		{"q set-query %[hdr(nope)]", "", "GET /a/b? HTTP/1.1\nhost: h.example"},
		{"q set-query %[hdr(nope)]", "GET /a HTTP/1.1\nHost: h", "GET /a HTTP/1.1\nhost: h"},
		{"q set-query x", "GET /a HTTP/1.1\nHost: h", "GET /a?x HTTP/1.1\nhost: h"},
		{"q set-pathq /x", "", "GET /x HTTP/1.1\nhost: h.example"},
		{"q set-path /x", "OPTIONS * HTTP/1.1\nHost: h", "OPTIONS /x HTTP/1.1\nhost: h"},
		{"q set-method PUT", "", "PUT /a/b?x=1 HTTP/1.1\nhost: h.example"},
		// the manual's examples
		{"q set-path /%[hdr(host)]%[path]", "", "GET /h.example/a/b?x=1 HTTP/1.1\nhost: h.example"},
		{"q set-query %[query,regsub(%3D,=,g)]", "GET /?a%3Db%3Dc HTTP/1.1\nHost: h", "GET /?a=b=c HTTP/1.1\nhost: h"},
		{`q replace-path (.*) /foo\1`, "GET /bar?q=1 HTTP/1.1\nHost: h", "GET /foo/bar?q=1 HTTP/1.1\nhost: h"},
		{`q replace-path /foo/(.*) /\1`, "GET /foo/bar?q=1 HTTP/1.1\nHost: h", "GET /bar?q=1 HTTP/1.1\nhost: h"},
		{`q replace-path /foo/(.*) /\1 if { url_beg /fox/ }`, "GET /foo/bar?q=1 HTTP/1.1\nHost: h", "GET /foo/bar?q=1 HTTP/1.1\nhost: h"},
		{`q replace-pathq ([^?]*)(\?(.*))? \1/foo\2`, "GET /bar?q=1 HTTP/1.1\nHost: h", "GET /bar/foo?q=1 HTTP/1.1\nhost: h"},
		{`q replace-uri ^http://(.*) https://\1`, "GET http://h/a HTTP/1.1\nHost: h", "GET https://h/a HTTP/1.1\nhost: h"},
		{`q replace-uri ([^/:]*://[^/]*)?(.*) \1/foo\2`, "GET /bar?q=1 HTTP/1.1\nHost: h", "GET /foo/bar?q=1 HTTP/1.1\nhost: h"},
		{"q replace-header Cookie foo=([^;]*);(.*) 'foo=\\1;ip=%[src];\\2'\nq replace-header User-Agent curl foo\nq replace-value X-Forwarded-For ^192\\.168\\.(.*)$ 172.16.\\1",
			"GET / HTTP/1.1\nHost: h\nCookie: foo=foobar; expires=Tue, 14-Jun-2016 01:40:45 GMT;\nUser-Agent: curl/7.47.0\nX-Forwarded-For: 192.168.10.1, 192.168.13.24, 10.0.0.37",
			"GET / HTTP/1.1\nhost: h\ncookie: foo=foobar;ip=127.0.0.1; expires=Tue, 14-Jun-2016 01:40:45 GMT;\nuser-agent: foo\nx-forwarded-for: 172.16.10.1,172.16.13.24, 10.0.0.37"},
		{`q replace-value A ^b.* X`, "GET / HTTP/1.1\nHost: h\nA:  a , bb , c,b", "GET / HTTP/1.1\nhost: h\na: a ,X, c,X"},
		{`q replace-header A b [\0]`, "GET / HTTP/1.1\nHost: h\nA: abb, bcc,cc\na: b", "GET / HTTP/1.1\nhost: h\na: [b]\na: [b]"},
		{"q del-header x- -m beg\nq del-header -Z -m end\nq del-header q -m sub\nq del-header ^a.b$ -m reg\nq del-header N", "GET / HTTP/1.1\nHost: h\nX-A: 1\nX: 2\nFoo-z: 3\nBqb: 4\nAxB: 5\nAxxB: 6\nn: 1\nN: 2", "GET / HTTP/1.1\nhost: h\nx: 2\naxxb: 6"},
		{"q del-header A.b -m reg\nq del-header X -m str", "GET / HTTP/1.1\nHost: h\nAxB: 5\nx: 1", "GET / HTTP/1.1\nhost: h\naxb: 5"},
		{"q set-header a b if { path /x }\nq set-header c d unless { path /x }", "", "GET /a/b?x=1 HTTP/1.1\nhost: h.example\nc: d"},
		{"q allow if TRUE\nq set-header a b", "", "GET /a/b?x=1 HTTP/1.1\nhost: h.example"},
		{"q set-header a 'x\t%[path]'", "", "GET /a/b?x=1 HTTP/1.1\nhost: h.example\na: x\t/a/b"},
		{"r set-status 418", "HTTP/1.1 200 OK\nA: b", "HTTP/1.1 418 I'm a teapot\na: b"},
		{"r set-status 418 reason 'I am'\nr set-header X-Foo a\nr add-header X-Foo b\nr add-header X-Bar b%[res.hdr(content-type)]\nr del-header date", "HTTP/1.1 200 OK\nDate: 1\nContent-Type: text/plain",
			"HTTP/1.1 418 I am\ncontent-type: text/plain\nx-foo: a\nx-foo: b\nx-bar: btext/plain"},
		{`r replace-value Cache-control ^public$ private`, "HTTP/1.1 200 OK\nCache-Control: max-age=3600, public", "HTTP/1.1 200 OK\ncache-control: max-age=3600,private"},
		{"r set-header x %[hdr(date)]-%[status]", "HTTP/1.1 204 OK\nDate: 1", "HTTP/1.1 204 OK\ndate: 1\nx: 1-204"},
	} {
		lines := strings.Split(x.rules, "\n")
		req, res := rules(t, lines...)
		var h *http1.Head
		var c *sample.Ctx
		if strings.HasPrefix(x.req, "HTTP/") {
			c = testCtx(t, plainRequest)
			c.Res, c.Response = head(t, x.req), true
			h = c.Res
		} else {
			if x.req == "" {
				x.req = plainRequest
			}
			c = testCtx(t, x.req)
			h = c.Req
		}
		append(req, res...).Run(c, &Result{})
		if got, want := string(h.Append(nil)), crlf(x.want+"\n\n"); got != want {
			t.Errorf("%s\n got %q\nwant %q", x.rules, got, want)
		}
	}
}

func TestVerdicts(t *testing.T) {
	for rule, want := range map[string]Verdict{
		"q allow": Accept, "q reject": Close, "q deny": Deny, "q return": Respond, "q redirect location /": Respond,
		"q deny if FALSE": Continue, "q set-header a b": Continue,
	} {
		req, _ := rules(t, rule)
		res := &Result{}
		if v := req.Run(testCtx(t, plainRequest), res); v != want || (res.Rule == nil) != (v == Continue) {
			t.Errorf("%s: %v", rule, v)
		}
	}
	c := &sample.Ctx{} // a connection: no message, no address
	r, err := compile(testCompiler(), tcpConnection, "reject if { src 127.0.0.1 } || METH_GET")
	if err != nil || (Set{r}).Run(c, &Result{}) != Continue {
		t.Error(err)
	}
	c.Src = testCtx(t, plainRequest).Src
	if (Set{r}).Run(c, &Result{}) != Close {
		t.Error("not rejected")
	}
}

// A panic in an action leaves the rule in the result.
func TestPanicPosition(t *testing.T) {
	res := &Result{}
	defer func() {
		if recover() == nil || res.Rule == nil || res.Rule.Pos.String() != "t.cfg:7" {
			t.Error("the rule is not known", res.Rule)
		}
	}()
	Set{{Pos: config.Pos{File: "t.cfg", Line: 7}, Action: panics{}}}.Run(&sample.Ctx{}, res)
}

type panics struct{}

func (panics) Do(*sample.Ctx, *Result) Verdict { panic("x") }

func TestSwitch(t *testing.T) {
	k := testCompiler()
	cond := func(s string) *Cond {
		c, err := k.Cond(words(s))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	f, err := sample.ParseFormat("bk_%[path,field(2,/)]", sample.TextStyle, sample.FeSwitch, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := Switch{{Name: "a", Cond: cond("if { path /zz }")}, {Dynamic: f, Cond: cond("if { path_beg /a }")}, {Name: "c"}}
	c := testCtx(t, plainRequest)
	r, at, name := s.Select(c, 0)
	if r != s[1] || at != 1 || string(name) != "bk_a" {
		t.Error(r, at, string(name))
	}
	if r, at, name = s.Select(c, 2); r != s[2] || at != 2 || name != nil {
		t.Error(r, at, name)
	}
	if r, at, _ = s.Select(c, 3); r != nil || at != 3 {
		t.Error(r, at)
	}
}

func TestActionErrors(t *testing.T) {
	for _, x := range []struct{ rule, want string }{
		{"q deny deny_status", "'status' expects <status_code> as argument"},
		{"q deny deny_status 9999", "Unexpected status code '9999'"},
		{"q deny deny_status abc", "Unexpected status code '0'"},
		{"q deny deny_status 450", "status code '450' not handled by default with 'default-errorfiles' argument."},
		{"q deny status 450 default-errorfiles", "status code '450' not handled by default with 'default-errorfiles' argument."},
		{"q deny string x", "a content type must be defined when non-empty payload is configured"},
		{"q deny hdr a b deny_status 503", "trailing words"}, {"q deny foo", "trailing words"}, {"q deny iff x", "trailing words"},
		{"q return status 100", "Unexpected status code '100'"}, {"q return status 600", "Unexpected status code '600'"},
		{"q return status x", "Unexpected status code '0'"}, {"q return status", "'status' expects <status_code> as argument"},
		{"q return content-type", "'content-type' expects <ctype> as argument"},
		{"q return string x", "a content type must be defined when non-empty payload is configured"},
		{"q return content-type text/plain string", "'string' expects <str> as argument"},
		{"q return lf-string", "'lf-string' expects <fmt> as argument"}, {"q return lf-file", "'lf-file' expects <file> as argument"},
		{"q return file", "'file' expects <file> as argument"}, {"q return file /nonexist", "error opening file '/nonexist'"},
		{"q return content-type text/plain lf-file /nonexist", "error opening file '/nonexist'"},
		{"q return content-type text/plain lf-string %[nope]", "failed to parse sample expression <nope]> : unknown fetch method 'nope'"},
		{"q return content-type text/plain lf-string %[path", "missing ']' after 'path'"},
		{"q return content-type text/plain string a string b", "unexpected 'string' argument, 'string' already defined"},
		{"q return content-type text/plain string a lf-string b", "unexpected 'lf-string' argument, 'string' already defined"},
		{"q return default-errorfiles string x", "unexpected 'string' argument, 'default-errorfiles' already defined"},
		{"q return errorfile /nonexist", "error opening file '/nonexist'."}, {"q return errorfile", "'errorfile' expects <fmt> as argument"},
		{"q return errorfile garbage", "'garbage': unable to parse headers (error offset: 0)"},
		{"q return default-errorfiles status 201", "status code '201' not handled by default with 'default-errorfiles' argument."},
		{"q return status 200 hdr a", "'hdr' expects <name> and <value> as arguments"},
		{"q return status 200 hdr a %[nope]", "failed to parse sample expression <nope]> : unknown fetch method 'nope'"},
		{"q return lf-string %[path]", "a content type must be defined with a log-format payload"},
		{"q return status 304 content-type text/plain string abc", "No body expected for 304 responses"},
		{"q redirect", "redirection type expected ('prefix', 'location', or 'scheme')"}, {"q redirect code 301", "redirection type expected ('prefix', 'location', or 'scheme')"},
		{"q return errorfiles", "'errorfiles' expects <name> as argument"},
		{"q redirect foo", "expects 'code', 'prefix', 'location', 'scheme', 'set-cookie', 'set-cookie-fmt', 'clear-cookie', 'drop-query', 'keep-query', 'ignore-empty' or 'append-slash' (was 'foo')"},
		{"q redirect location", "missing argument for 'location'"}, {"q redirect location /x code", "missing argument for 'code'"},
		{"q redirect location /x code 200", "'code': unsupported HTTP code '200' (must be one of 301, 302, 303, 307 or 308)"},
		{"q redirect location /x set-cookie", "missing argument for 'set-cookie'"},
		{"q redirect location %[nope]", "failed to parse sample expression <nope]> : unknown fetch method 'nope'"},
		{"r redirect prefix /x", "response only supports redirect type 'location'"},
		{"q set-header a", "expects exactly 2 arguments"}, {"q set-header a b c", "trailing words"},
		{"q set-header a %[path,nope]", "failed to parse sample expression <path,nope]> : unknown converter 'nope'"},
		{"q set-header a %", "truncated line after '%'"}, {"q set-header a 100%", "truncated line after '%'"},
		{"q set-header a 5%x", "no such format alias 'x'. If you wanted to emit the '%' character verbatim, you need to use '%%'"},
		{"q set-header a %[res.hdr(x)]", "sample fetch <res.hdr> may not be reliably used here because it needs 'HTTP response headers' which is not available here"},
		{"q set-header a %[status]", "sample fetch <status> may not be reliably used here because it needs 'HTTP response' which is not available here"},
		{"r set-header a %[path]", "sample fetch <path> may not be reliably used here because it needs 'HTTP request headers' which is not available here"},
		{"q set-header a %[srv_name]", "sample fetch <srv_name> may not be reliably used here because it needs 'server' which is not available here"},
		{"q set-header a %{+Q", "truncated line after '+Q'"}, {"q set-header a %{+Q}", "parse argument modifier without alias name near '%{+Q}'"},
		{"q set-header a '%[path ]'", "expected ']' after 'path', but found ' '"},
		{"q set-header a '%[path,lower upper]'", "expected ']' after 'path,lower', but found ' '"},
		{"q set-header a %[]", "failed to parse sample expression <]> : missing fetch method"}, {"q set-header a %[path,]", "failed to parse sample expression <path,]> : unknown converter ''"},
		{"q set-header a %[src,add(1)]", "failed to parse sample expression <src,add(1)]> : converter 'add' cannot be applied"},
		{"q set-header a %Tq", "format alias 'Tq' is known but not built here yet"},
		{"q del-header", "expects at least 1 argument"}, {"q del-header x -m", "-m flag expects exactly 1 argument"},
		{"q del-header x -m int", "-m with unsupported matching method 'int'"}, {"q del-header x -m foo", "-m with unsupported matching method 'foo'"},
		{"q replace-header a b", "expects exactly 3 arguments"}, {"q replace-path a", "expects exactly 2 arguments <match-regex> and <replace-format>"},
		{"q replace-path a b c", "expects exactly 2 arguments <match-regex> and <replace-format>"},
		{"q set-path", "expects exactly 1 argument <format>"}, {"q set-path a b", "expects exactly 1 argument <format>"},
		{"r set-status", "expects 1 argument: <status>; or 3 arguments: <status> reason <fmt>"}, {"r set-status 99", "expects an integer status code between 100 and 999"},
		{"r set-status 200 reason", "trailing words"}, {"q set-status 200", "no such action"},
		{"q set-var(txn.a) ", "missing fetch method"}, {"q set-var(txn.a", "incomplete argument after action 'set-var(txn.a'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'"},
		{"q set-var(foo) path", "invalid variable name 'foo'. A variable name must start with its scope. The scope can be 'proc', '(p)sess', '(p)txn', '(p)req', '(p)res' or 'check'"},
		{"q set-var() path", "Empty variable name cannot be accepted"}, {"q set-var(txn.a-b) path", "invalid syntax at char '-'"},
		{"q set-var(txn.a,foo) path", "unknown condition \"foo\""}, {"q set-var(txn.a) res.hdr(x)", "fetch method 'set-var(txn.a)' extracts information from 'HTTP response headers', none of which is available here"},
		{"q set-var-fmt(txn.a) %[foo]", "failed to parse sample expression <foo]> : unknown fetch method 'foo'"},
		{"q unset-var(txn.a,ifset)", "unset-var does not expect parameters after the variable name. Only \"set-var\" and \"set-var-fmt\" manage conditions"},
		{"q wait-for-handshake", "this action is known but not built yet"},
		{"q track-sc0 src", "this action is known but not built yet"}, {"q set-var path", "invalid or incomplete action 'set-var'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'"}, {"q accept", "no such action"},
		{"q replace-header a ( b", "regex '(' is invalid (error=missing closing ): `(`)"}, {"q replace-path ( b", "failed to parse the regex : regex '(' is invalid (error=missing closing ): `(`)"},
		{"q deny if nope", "no such ACL : 'nope'"},
	} {
		set := httpRequest
		if x.rule[0] == 'r' {
			set = httpResponse
		}
		_, err := compileOn(testCompiler(), set, config.KindFrontend, x.rule[2:])
		if err == nil || err.Error() != x.want {
			t.Errorf("%s\n got %v\nwant %s", x.rule, err, x.want)
		}
	}
}

func TestActionWarnings(t *testing.T) {
	for rule, want := range map[string]string{
		"return content-type text/plain":                                       "content-type 'text/plain' ignored by the http reply because neither errorfile nor payload defined.",
		"return default-errorfiles hdr a b":                                    "hdr parameters ignored by the http reply when used with an errorfile.",
		"return default-errorfiles content-type x":                             "content-type 'x' ignored by the http reply when used with an errorfile.",
		"return content-type text/plain file empty":                            "content-type 'text/plain' ignored by the http reply when used with an empty payload.",
		"return status 200 hdr Transfer-Encoding x":                            "header 'Transfer-Encoding' always ignored by the http reply.",
		"set-header a: x":                                                      "header name 'a:' contains forbidden character ':'.",
		"set-header 'a b' x":                                                   "header name 'a b' contains forbidden character ' '.",
		"set-header a-b x":                                                     "",
		"return content-type text/plain status 200 status 201 string a":        "",
		"redirect location /x drop-query append-slash ignore-empty keep-query": "",
	} {
		k, got := testCompiler(), ""
		k.Warn = func(s string) { got += s }
		if _, err := compile(k, httpRequest, rule); err != nil || got != want {
			t.Errorf("%s: %q %v", rule, got, err)
		}
	}
}

// The lists are those of the reference, word for word.
func TestExpected(t *testing.T) {
	for set, want := range map[ruleset]string{
		httpRequest:   "'send-spoe-group', 'wait-for-handshake', 'set-retries', 'set-log-level', 'set-nice', 'use-service', 'sc-add-gpc(*)', 'sc-inc-gpc(*)', 'sc-inc-gpc0(*)', 'sc-inc-gpc1(*)', 'sc-set-gpt(*)', 'sc-set-gpt0(*)', 'do-resolve(*)', 'cache-use', 'add-acl(*)', 'add-header', 'add-headers-bin', 'allow', 'auth', 'capture', 'del-acl(*)', 'del-header', 'del-headers-bin', 'del-map(*)', 'deny', 'disable-l7-retry', 'do-log', 'early-hint', 'normalize-uri', 'pause', 'redirect', 'reject', 'replace-header', 'replace-path', 'replace-pathq', 'replace-uri', 'replace-value', 'return', 'set-header', 'set-headers-bin', 'set-map(*)', 'set-method', 'set-path', 'set-pathq', 'set-query', 'set-uri', 'strict-mode', 'tarpit', 'track-sc(*)', 'set-timeout', 'wait-for-body', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)', 'set-bc-mark', 'set-bc-tos', 'set-dst', 'set-dst-port', 'set-fc-mark', 'set-fc-tos', 'set-mark', 'set-src', 'set-src-port', 'set-tos', 'silent-drop', 'set-bandwidth-limit', 'set-priority-class', 'set-priority-offset'",
		httpResponse:  "'send-spoe-group', 'set-log-level', 'set-nice', 'sc-add-gpc(*)', 'sc-inc-gpc(*)', 'sc-inc-gpc0(*)', 'sc-inc-gpc1(*)', 'sc-set-gpt(*)', 'sc-set-gpt0(*)', 'cache-store', 'add-acl(*)', 'add-header', 'add-headers-bin', 'allow', 'capture', 'del-acl(*)', 'del-header', 'del-headers-bin', 'del-map(*)', 'deny', 'do-log', 'pause', 'redirect', 'replace-header', 'replace-value', 'return', 'set-header', 'set-headers-bin', 'set-map(*)', 'set-status', 'strict-mode', 'track-sc(*)', 'set-timeout', 'wait-for-body', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)', 'set-fc-mark', 'set-fc-tos', 'set-mark', 'set-tos', 'silent-drop', 'set-bandwidth-limit'",
		tcpConnection: "'accept', 'reject', 'capture', 'expect-proxy', 'expect-netscaler-cip', 'track-sc0' ... 'track-sc2', 'sc-add-gpc(*)', 'sc-inc-gpc(*)', 'sc-inc-gpc0(*)', 'sc-inc-gpc1(*)', 'sc-set-gpt(*)', 'sc-set-gpt0(*)', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)', 'do-log', 'set-dst', 'set-dst-port', 'set-fc-mark', 'set-fc-tos', 'set-mark', 'set-src', 'set-src-port', 'set-tos', 'silent-drop'",
		tcpContent:    "'accept', 'reject', 'capture', 'expect-proxy', 'expect-netscaler-cip', 'track-sc0' ... 'track-sc2', 'send-spoe-group', 'set-retries', 'set-log-level', 'set-nice', 'switch-mode', 'use-service', 'sc-add-gpc(*)', 'sc-inc-gpc(*)', 'sc-inc-gpc0(*)', 'sc-inc-gpc1(*)', 'sc-set-gpt(*)', 'sc-set-gpt0(*)', 'do-resolve(*)', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)', 'do-log', 'set-bc-mark', 'set-bc-tos', 'set-dst', 'set-dst-port', 'set-fc-mark', 'set-fc-tos', 'set-mark', 'set-src', 'set-src-port', 'set-tos', 'silent-drop', 'set-bandwidth-limit', 'set-priority-class', 'set-priority-offset'",
	} {
		if got := expected(set); got != want {
			t.Errorf("%v\n got %s\nwant %s", set, got, want)
		}
	}
	for word, want := range map[string]string{"retrun": " Did you mean 'return' maybe ?", "nope": "", "": "", "set-heade": " Did you mean 'set-header' maybe ?"} {
		if got := suggest(httpRequest, word); got != want {
			t.Errorf("%s: %q", word, got)
		}
	}
}

// What a stream does for every request: an ACL on the path, one on the host, a
// header made from a format.
func TestNoAllocation(t *testing.T) {
	req, _ := rules(t,
		"q deny if { path_beg /admin /private } { hdr(host) -i x.example }",
		"q set-header X-Forwarded-Host '%[req.hdr(host),lower] %[src]:%[src_port] %[path,field(2,/)] %[method]' if { path_beg /a } { hdr(host) -i H.EXAMPLE }",
		"q add-header X-Base %[base,length] unless { query -m found } { hdr_cnt(x) gt 3 }",
		"q del-header X-Forwarded-Host",
		"q del-header x- -m beg",
		"q set-path /p/b",
		"q set-query y=%[rand(10)]",
	)
	c, res, h := testCtx(t, plainRequest), &Result{}, new(http1.Head)
	b := []byte("GET /a/b?x=1 HTTP/1.1\r\nHost: h.example\r\nUser-Agent: x\r\n\r\n")
	c.Req = h
	f, err := sample.ParseFormat("bk_%[path,word(1,/)]", sample.TextStyle, sample.FeSwitch, nil)
	if err != nil {
		t.Fatal(err)
	}
	cond, err := testCompiler().Cond(words("if { path_end /b }"))
	if err != nil {
		t.Fatal(err)
	}
	sw := Switch{{Dynamic: f, Cond: cond}}
	reply, _ := rules(t, "q return status 200 content-type text/plain lf-string %[path] hdr a %[src]")
	var out []byte
	run := func() {
		h.Reset()
		if _, err := h.ParseRequest(b, nil); err != nil {
			t.Fatal(err)
		}
		if v := req.Run(c, res); v != Continue {
			t.Fatal(v)
		}
		if _, _, name := sw.Select(c, 0); string(name) != "bk_p" {
			t.Fatal(string(name))
		}
		reply.Run(c, res)
		out = res.Reply.Append(out[:0], c, false, false)
		if len(c.Scratch) != 0 {
			t.Fatal("scratch bytes are left")
		}
	}
	run()
	if n := testing.AllocsPerRun(100, run); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
