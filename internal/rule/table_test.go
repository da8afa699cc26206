package rule

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// parseText parses a section whose lines are given; the first line of the file
// is 1. Messages are joined by newlines, each with its level.
func parseText(t testing.TB, text string) (*config.Spec, string) {
	t.Helper()
	spec, diag := config.Parse([]config.File{{Name: "t.cfg", Data: []byte(text)}}, config.Options{
		Tables: []config.Table{Table()}, ReadFile: readTestFile,
	})
	Check(spec, diag)
	var b strings.Builder
	for _, d := range diag.List {
		if strings.HasPrefix(d.Text, "Error(s) found") || strings.Contains(d.Text, "Fatal errors") {
			continue // the summary
		}
		if d.Level == config.Alert || d.Level == config.Warning {
			b.WriteString(d.Level.String() + " " + d.String() + "\n")
		}
	}
	return spec, b.String()
}

const frontend = "frontend f\n mode http\n timeout client 1s\n bind 127.0.0.1:8080\n" // four lines

// The messages are those of the reference, word for word.
func TestMessages(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"acl a", "ALERT config : parsing [t.cfg:5] : error detected while parsing ACL 'a' : missing fetch method in ACL expression ''.\n"},
		{"acl a bad /x", "ALERT config : parsing [t.cfg:5] : error detected while parsing ACL 'a' : unknown fetch method 'bad' in ACL expression 'bad'.\n"},
		{"acl a,b path /", "ALERT config : parsing [t.cfg:5] : character ',' is not permitted in acl name 'a,b'.\n"},
		{"acl or path /", "ALERT config : parsing [t.cfg:5] : acl name 'or' will never match. 'or' is used to express a logical disjunction within a condition.\n"},
		{"acl a path", "WARNING config : parsing acl keyword 'path' :\n  no pattern to match against were provided, so this ACL will never match.\n  If this is what you intended, please add '--' to get rid of this warning.\n  If you intended to match only for existence, please use '-m found'.\n  If you wanted to force an int to match as a bool, please use '-m bool'.\n"},
		{"acl a path_beg,lower /x", "WARNING config : parsing [t.cfg:5] : original matching method 'path_beg' was overwritten and will not be applied as expected.\n"},
		{"acl a path /x\nacl a bad\nhttp-request deny if a", "ALERT config : parsing [t.cfg:6] : error detected while parsing ACL 'a' : unknown fetch method 'bad' in ACL expression 'bad'.\n"},
		{"acl a path /x\nacl a acl(a)", "ALERT config : parsing [t.cfg:6] : error detected while parsing ACL 'a' : have a recursive loop.\n"},
		{"acl a path /x\nacl b acl(!a)\nacl c acl(b)\nacl a acl(c)\nhttp-request deny if a", "ALERT config : parsing [t.cfg:8] : error detected while parsing ACL 'a' : have a recursive loop.\n"},
		{"acl a path /x\nacl a path,when(acl,a) -m found", "ALERT config : parsing [t.cfg:6] : error detected while parsing ACL 'a' : have a recursive loop.\n"},
		{"acl a path /x\nacl b acl(a)\nacl a path /y\nacl b acl(a,TRUE)\nhttp-request deny if b", ""},
		{"http-request deny if a\nacl a path /x", "ALERT config : parsing [t.cfg:5] : error detected while parsing an 'http-request deny' condition : no such ACL : 'a'.\n"},
		{"http-request deny iff x", "ALERT config : parsing [t.cfg:5]: 'http-request deny' expects either 'if' or 'unless' followed by a condition but found 'iff'.\n"},
		{"http-request deny deny_status 9999", "ALERT config : parsing [t.cfg:5] : error detected in frontend 'f' while parsing 'http-request deny' rule : Unexpected status code '9999'.\n"},
		{"http-request deny deny_status 450", "ALERT config : parsing [t.cfg:5] : error detected in frontend 'f' while parsing 'http-request deny' rule : status code '450' not handled by default with 'default-errorfiles' argument..\n"},
		{"http-request return errorfile /nonexist", "ALERT config : parsing [t.cfg:5] : error detected in frontend 'f' while parsing 'http-request return' rule : error opening file '/nonexist'..\n"},
		{"http-request return content-type text/plain", "WARNING config : parsing [t.cfg:5] : content-type 'text/plain' ignored by the http reply because neither errorfile nor payload defined.\n"},
		{"http-request deny if { path /x", "ALERT config : parsing [t.cfg:5] : error detected while parsing an 'http-request deny' condition : missing closing '}' in condition.\n"},
		{"http-request", "ALERT config : parsing [t.cfg:5]: 'http-request' expects " + expected(httpRequest) + ", but got '' (missing argument).\n"},
		{"http-request retrun", "ALERT config : parsing [t.cfg:5]: 'http-request' expects " + expected(httpRequest) + ", but got 'retrun'. Did you mean 'return' maybe ?\n"},
		{"http-request wait-for-handshake", "ALERT config : parsing [t.cfg:5] : error detected in frontend 'f' while parsing 'http-request wait-for-handshake' rule : this action is known but not built yet.\n"},
		{"http-request deny\nhttp-request set-header a b\nhttp-request set-header a b", "WARNING config : parsing [t.cfg:6]: previous 'http-request' action is final and has no condition attached, further entries are NOOP.\n"},
		{"http-request deny if TRUE\nhttp-request set-header a b", ""},
		{"acl res res.hdr(a) x\nhttp-request deny if res", "WARNING config : parsing [t.cfg:6] : 'acl 'res' will never match because it only involves keywords that are incompatible with 'frontend http-request header rule'.\n"},
		{"http-response deny if { path /x }", "WARNING config : parsing [t.cfg:5] : 'anonymous acl will never match because it uses keyword 'path' which is incompatible with 'frontend http-response header rule'.\n"},
		{"http-after-response nope", "ALERT config : parsing [t.cfg:5]: 'http-after-response' expects " + expected(httpAfter) + ", but got 'nope'.\n"},
		{"http-after-response deny", "ALERT config : parsing [t.cfg:5]: 'http-after-response' expects " + expected(httpAfter) + ", but got 'deny'.\n"},
		{"http-after-response set-header a %[path]", "ALERT config : parsing [t.cfg:5] : error detected in frontend 'f' while parsing 'http-after-response set-header' rule : sample fetch <path> may not be reliably used here because it needs 'HTTP request headers' which is not available here.\n"},
		{"tcp-request", "ALERT config : parsing [t.cfg:5] : missing argument for 'tcp-request' in frontend 'f'\n"},
		{"tcp-request foo", "ALERT config : parsing [t.cfg:5] : 'tcp-request' expects 'inspect-delay', 'connection', or 'content' in frontend 'f' (got 'foo')\n"},
		{"tcp-request connection capture src len 10", "ALERT config : parsing [t.cfg:5] : 'capture src' is not allowed in 'tcp-request connection' rules in frontend 'f'\n"},
		{"tcp-request connection nope", "ALERT config : parsing [t.cfg:5] : 'tcp-request connection' expects " + expected(tcpConnection) + " in frontend 'f' (got 'nope').\n"},
		{"tcp-request content", "ALERT config : parsing [t.cfg:5] : 'tcp-request content' expects " + expected(tcpContent) + " in frontend 'f' (got '').\n"},
		{"tcp-request connection accept foo", "ALERT config : parsing [t.cfg:5] : 'tcp-request connection accept' only accepts 'if' or 'unless', in frontend 'f' (got 'foo')\n"},
		{"tcp-request connection accept if nope", "ALERT config : parsing [t.cfg:5] : 'tcp-request connection accept' : error detected in frontend 'f' while parsing 'if' condition : no such ACL : 'nope'\n"},
		{"tcp-request connection reject if { path /x }", "WARNING config : parsing [t.cfg:5] : anonymous acl will never match in 'tcp-request connection' because it uses keyword 'path' which is incompatible with 'frontend tcp-request connection rule'\n"},
		{"redirect", "ALERT config : parsing [t.cfg:5] : error detected in frontend 'f' while parsing redirect rule : redirection type expected ('prefix', 'location', or 'scheme').\n"},
		{"redirect location /x if nope", "ALERT config : parsing [t.cfg:5] : error detected in frontend 'f' while parsing redirect rule : error in condition: no such ACL : 'nope'.\n"},
		{"use_backend", "ALERT config : parsing [t.cfg:5] : 'use_backend' expects a backend name.\n"},
		{"use_backend b foo", "ALERT config : parsing [t.cfg:5] : unexpected keyword 'foo' after switching rule, only 'if' and 'unless' are allowed.\n"},
		{"use_backend b if nope", "ALERT config : parsing [t.cfg:5] : error detected while parsing switching rule : no such ACL : 'nope'.\n"},
		{"use_backend %[nope]", "ALERT Parsing [t.cfg:5]: failed to parse use_backend rule '%[nope]' : failed to parse sample expression <nope]> : unknown fetch method 'nope'.\n"},
		{"use_backend b if { res.hdr(x) a }\nbackend b\n mode http", "WARNING config : parsing [t.cfg:5] : 'anonymous acl will never match because it uses keyword 'res.hdr' which is incompatible with 'frontend use-backend rule'.\n"},
		{"use_backend %[path]", ""},
		{"http-request deny\ntcp-request connection reject", "WARNING config : parsing [t.cfg:6] : a 'tcp-request connection' rule placed after an 'http-request' rule will still be processed before.\n"},
		{"redirect location /x\nhttp-request deny", "WARNING config : parsing [t.cfg:6] : a 'http-request' rule placed after a 'redirect' rule will still be processed before.\n"},
		{"use_backend %[path]\ntcp-request content reject", "WARNING config : parsing [t.cfg:6] : a 'tcp-request content' rule placed after a 'use_backend' rule will still be processed before.\n"},
		{"use_backend %[path]\nredirect location /x\nhttp-request deny\ntcp-request content reject\ntcp-request connection reject",
			"WARNING config : parsing [t.cfg:6] : a 'redirect' rule placed after a 'use_backend' rule will still be processed before.\n" +
				"WARNING config : parsing [t.cfg:7] : a 'http-request' rule placed after a 'redirect' rule will still be processed before.\n" +
				"WARNING config : parsing [t.cfg:8] : a 'tcp-request content' rule placed after an 'http-request' rule will still be processed before.\n" +
				"WARNING config : parsing [t.cfg:9] : a 'tcp-request connection' rule placed after a 'tcp-request content' rule will still be processed before.\n"},
	} {
		if _, got := parseText(t, frontend+x.text+"\n"); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.text, got, x.want)
		}
	}
}

func TestSectionMessages(t *testing.T) {
	const tail = "\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"
	for _, x := range []struct{ text, want string }{
		{"backend b\n mode http\n tcp-request connection reject\n", "ALERT config : parsing [t.cfg:3] : tcp-request connection is not allowed because backend b is not a frontend\n"},
		{"backend b\n mode http\n use_backend x\n", "WARNING config : parsing [t.cfg:3] : 'use_backend' ignored because backend 'b' has no frontend capability.\n"},
		{"backend b\n mode http\n http-request deny if { be_name x } { srv_name x } { fe_name x }\n", "WARNING config : parsing [t.cfg:3] : 'anonymous acl will never match because it uses keyword 'srv_name' which is incompatible with 'backend http-request header rule'.\n"},
		{"defaults\n http-request deny\n", "ALERT config : parsing [t.cfg:2] : 'http-request' not allowed in anonymous 'defaults' section.\n"},
		{"defaults\n acl a path /\n", "ALERT config : parsing [t.cfg:2] : 'acl' not allowed in anonymous 'defaults' section.\n"},
		{"defaults x\n redirect location /\n", "ALERT config : parsing [t.cfg:2] : 'redirect' not allowed in 'defaults' section.\n"},
		{"defaults x\n use_backend x\n", "ALERT config : parsing [t.cfg:2] : 'use_backend' not allowed in 'defaults' section.\n"},
		{"defaults x\n http-request deny" + tail + "defaults y from x\n", "ALERT config : parsing [t.cfg:6]: a defaults section cannot inherit from a defaults section defining TCP/HTTP rules (defaults section at t.cfg:1).\n"},
		{"defaults x\n mode http\n http-request deny" + tail + "listen l\n bind :8080\n", "ALERT config : parsing [t.cfg:7]: a listen section cannot inherit from a defaults section defining TCP/HTTP rules.\n"},
		{"defaults x\n mode http\n http-request deny" + tail + "frontend f\n bind :8080\nbackend b\n",
			"ALERT config : parsing [t.cfg:9]: frontends and backends cannot inherit from the same defaults section if it defines TCP/HTTP rules (defaults section at t.cfg:1).\n"},
		{"defaults x\n mode http\n tcp-request connection reject" + tail + "backend b\n",
			"ALERT config : parsing [t.cfg:7]: a backend section cannot inherit from a defaults section defining 'tcp-request connection' or 'tcp-request session' rules (defaults section at t.cfg:1).\n"},
		{"defaults x\n mode http\n acl a path /\n http-request deny if a" + tail + "frontend f\n bind :8080\n http-request deny if a\n",
			"ALERT config : parsing [t.cfg:10] : error detected while parsing an 'http-request deny' condition : no such ACL : 'a'.\n"},
	} {
		if _, got := parseText(t, x.text); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.text, got, x.want)
		}
	}
}

// TestCollect runs what a configuration compiles to, rules of the defaults
// section first.
func TestCollect(t *testing.T) {
	spec, msg := parseText(t, `
defaults x
  mode http
  timeout client 1s
  acl local src 127.0.0.0/8
  http-request set-header x-order 1 if local
frontend f
  bind 127.0.0.1:8080
  acl api path_beg /api
  acl api path_beg /a
  acl host hdr(host) -i H.EXAMPLE
  http-request add-header x-order 2 if api host
  http-request deny if !api
  use_backend b if api !host
  use_backend %[path,field(2,/)]
  tcp-request connection reject if { src 10.0.0.0/8 }
  redirect scheme https if { path /a }
defaults y
  mode http
  timeout server 1s
  timeout connect 1s
backend b
`)
	if strings.Contains(msg, "ALERT") {
		t.Fatal(msg)
	}
	p := spec.Proxies[0]
	c, res := testCtx(t, plainRequest), &Result{}
	if v := Collect(p, "http-request").Run(c, res); v != Continue {
		t.Fatal(v)
	}
	if got := string(c.Req.Append(nil)); !strings.Contains(got, "x-order: 1\r\nx-order: 2\r\n") {
		t.Error(got)
	}
	if r, _, name := CollectSwitch(p).Select(c, 0); r == nil || string(name) != "a" || r.Pos.Line != 15 {
		t.Error(r, string(name))
	}
	if s := Collect(p, "tcp-request connection"); len(s) != 1 || s.Run(c, res) != Continue || s[0].Pos.Line != 16 {
		t.Error(s)
	}
	if s := Collect(p, "redirect"); len(s) != 1 || s.Run(c, res) != Continue {
		t.Error(s)
	}
	c = testCtx(t, "GET /zzz HTTP/1.1\nHost: x")
	if v := Collect(p, "http-request").Run(c, res); v != Deny || res.Rule.Pos.Line != 13 || res.Rule.Name != "http-request deny" {
		t.Error(v, res.Rule)
	}
}
