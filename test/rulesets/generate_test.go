package rulesets

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// gen makes the parts of a configuration. Everything it makes is valid for both
// programs and depends on nothing but the request.
type gen struct {
	*rand.Rand
	acls    int
	backend bool // no captures
	newer   bool // with what came after HAProxy 2.6
}

func (g *gen) one(of ...string) string { return of[g.IntN(len(of))] }

// text is an expression of a request that gives text; in an answer, of the answer.
func (g *gen) text(answer bool) string {
	e := g.one("path", "method", "req.hdr(x-k)", "req.hdr(x-k,2)", "req.fhdr(x-k)", "req.hdr(host)", "url", "query", "url_param(q)", "urlp(p)", "req.cook(c)", "req.ver",
		"var(txn.v)", "var(sess.s)", "var(req.r)", "capture.req.method", "capture.req.uri", "str(fix)", "base", "pathq", "req.hdr_names", "urlp_val(q)", "hdr_cnt(x-k)", "int(42)", "req.hdr_val(x-n)")
	if answer {
		e = g.one("res.hdr(x-o)", "res.hdr(x-o,-1)", "res.fhdr(x-o)", "status", "res.cook(c)", "var(txn.v)", "var(res.r)", "res.ver", "str(fix)", "capture.req.uri", "res.hdr_cnt(x-o)", "shdr_val(x-n)")
	}
	if g.newer && g.IntN(4) == 0 {
		e = g.one("req.cook_names", "be_connect_timeout", "cur_client_timeout", "cur_queue_timeout", "be_max_retries", "cur_max_retries", "fe_tarpit_timeout", "be_tarpit_timeout", "txn.conn_retries", "txn.redispatched",
			"txn.status", "txn.sess_term_state", "fc_err_name", "last_rule_line", "waiting_entity", "srv_is_up(more/s2)", "str(app/s1),srv_is_up", "be_queue_timeout", "bc_reused", "req.ssl_sigalgs", "fc_nb_streams", "query(with_qm)", "path_only")
		if answer {
			e = g.one("res.cook_names", "txn.status", "txn.conn_retries", "txn.redispatched", "server_status", "txn.sess_term_state", "bc_reused", "cur_server_timeout", "cur_connect_timeout", "res.hdrs,length")
		}
	}
	for range g.IntN(3) {
		if g.newer && g.IntN(4) == 0 {
			e += "," + g.one("param(q)", "param(p,/)", "rfc7239_is_valid", "rfc7239_field(for)", "rfc7239_n2nn", "reverse_dom", "le2dec(.,2)", "bytes(1,2)", "ltrim(/a)", "rtrim(e)", "when(acl,a1)", "when(!acl,a0)", "when(toapplet)", "when(!stopping)",
				"add_item(;,txn.v)", "add_item(-,txn.v,.)", "host_only", "port_only", "be2hex(:,2)", "hex2i", "jwt_header_query($.a)", "sub(txn.n)", "add(txn.n)", "b64dec", "base64", "ub64enc", "url_enc(query)", "mqtt_is_valid", "fix_is_valid", "concat(<,txn.v)", "set-var(txn.n)", "set-var(txn.v,ifexists)", "set-var(txn.n,ifempty)", "unset-var(txn.n)", "json_query($.a,int)")
			continue
		}
		e += "," + g.one("lower", "upper", "length", "field(2,/)", "field(1,.)", "word(1,/)", "bytes(0,3)", "bytes(1)", "sub(1)", "add(7)", "mod(5)", "mul(3)", "and(6)", "or(1)", "xor(9)",
			"hex", "base64", "crc32", "sdbm", "djb2", "xxh32", "wt6", "url_dec", "url_enc", "regsub(a,X,g)", "regsub(/,-)", "json", "concat(<,txn.v,>)", "strcmp(txn.v)", "even", "odd", "not", "bool", "neg", "cpl",
			"htonl", "language(de;en)", "q", "ltrim(/)", "rtrim(/s)", "be2dec(.,1)", "secure_memcmp(txn.v)", "iif(yes,no)", "xxh64", "capture-req(0)")
	}
	for _, bad := range []string{",capture-req(0)", ",q", ",secure_memcmp(txn.v)", ",sub(1)"} { // not for every input
		e = strings.ReplaceAll(e, bad, "")
	}
	return e
}

// test is what stands in an ACL.
func (g *gen) test(answer bool) string {
	if answer {
		return g.one("status 200", "status 300:599", "res.hdr(x-o) -m found", "res.hdr(x-o) -i one", "res.hdr_cnt(x-o) gt 1", "res.hdr(x-o) -m sub o", "var(txn.v) -m found", "res.hdr(x-n) -m int 3:9", "always_true", "res.cook(c) -m len 1:3", "res.hdr(x-o) -m reg ^[a-m]", "shdr_cnt(x-o) 0")
	}
	return g.one("path /a /b/", "path_beg /a", "path_end .css .js", "path_sub b/", "path_dir b", "path_dom a", "path_reg ^/[a-c]+/", "path_len 2:6", "path -i /A", "path -m beg -i /B",
		"hdr(x-k) one two", "hdr(x-k) -i ONE", "hdr_beg(x-k) o", "hdr_end(x-k) -i E", "hdr_sub(x-k) n", "hdr_dom(host) example", "hdr_cnt(x-k) 2", "hdr_cnt(x-k) ge 1", "hdr_len(x-k) lt 4", "hdr(x-k) -m found",
		"hdr_reg(x-k) -i ^o", "req.hdr(x-k,-1) -m str two", "hdr_val(x-n) 5", "hdr_val(x-n) le 3", "hdr_ip(x-ip) 10.0.0.0/8 192.168.1.1", "src 127.0.0.0/8", "src 10.0.0.0/8", "method GET", "method POST PUT",
		"url_param(q) 1 22", "url_param(q) -m reg ^[0-9]+$", "urlp_len(p) 0:3", "cook(c) -m found", "cook_beg(c) s", "cook_cnt(c) 1", "req.cook(c) -i S1", "base_beg www", "url_beg /a http", "url_sub q=",
		"var(txn.v) -m found", "var(txn.v) -m len 2:5", "var(txn.v) -m str fix", "var(sess.s) -m beg f", "always_true", "always_false", "http_first_req", "req.ver 1.1", "req_ver 1.0", "req.hdr(host),lower,word(1,.) -m str www", "int(3) gt 2",
		"path,length gt 4", "req.hdr_names -m sub x-k", "query -m found", "req.hdr(x-ip) -m ip 10.0.0.0/24", "dst_port gt 0", "nbsrv(app) ge 1", "req.body_len 0", "req.fhdr_cnt(x-k) 1", "fe_id gt 0")
}

func (g *gen) cond(answer bool) string {
	anon := func() string { return g.one("", "!") + "{ " + g.test(answer) + " }" }
	if answer {
		return g.one("", " "+g.one("if", "unless")+" "+anon(), " if "+anon()+" or "+anon())
	}
	named := func() string { return g.one("", "!") + fmt.Sprintf("a%d", g.IntN(g.acls)) }
	return g.one("", " "+g.one("if", "unless")+" "+named(), " if "+anon(), " if "+named()+" "+anon(), " unless "+anon()+" || "+named(), " if "+named()+" "+named()+" or "+anon())
}

// change is an action that is not final.
func (g *gen) change(answer bool) string {
	name := g.one("x-k", "x-new", "x-o")
	f := "%[" + g.text(answer) + "]"
	common := []string{"set-header " + name + " " + f, "add-header " + name + " pre-" + f, "del-header " + name, "del-header x- -m beg", "replace-header " + name + " (.*)o(.*) \\2o\\1", "replace-value " + name + " ([a-z]+) <\\1>",
		"set-var(txn.v) " + g.text(answer), "set-var(txn.v) str(fix)", "unset-var(txn.v)", "set-var-fmt(txn.w) %[" + g.text(answer) + "]/%[" + g.text(answer) + "]", "set-log-level " + g.one("info", "warning"), "strict-mode " + g.one("on", "off"), "set-nice 10"}
	if !g.backend {
		common = append(common, []string{"capture req.hdr(x-k) id 0", "capture res.hdr(x-o) id 0"}[map[bool]int{false: 0, true: 1}[answer]])
	}
	if answer {
		return g.one(append(common, "set-status "+g.one("201", "404 reason Gone-ish", "299"), "set-var(res.r) "+g.text(true), "set-header cache-control no-store")...)
	}
	return g.one(append(common, "set-path /b%[path]", "set-path "+g.one("/x", "/a/b"), "set-pathq /p?z=%[query]", "set-query q=%[method]", "set-uri /u%[url]", "replace-path /(.*)/(.*) /\\2/\\1", "replace-path ^/a /c", "replace-pathq (.*)q=([0-9]) \\1r=\\2-\\2", "replace-uri ^/(.*) /new/\\1",
		"set-method "+g.one("PUT", "POST"), "set-var(sess.s) "+g.text(false), "set-var(req.r) "+g.text(false), "set-header host %[req.hdr(host),lower]", "set-src req.hdr(x-ip)", "set-src-port int(4711)")...)
}

// final is an action after which nothing of the set runs.
func (g *gen) final(answer bool) string {
	f := "%[" + g.text(answer) + "]"
	if strings.Contains(f, "last_rule") { // HAProxy's return and redirect still have the rule before
		f = "%[path]"
	}
	if answer { // HAProxy has dropped the server's answer when it makes its own
		f = "%[" + g.one("var(txn.v)", "capture.req.method", "str(x)") + "]"
	}
	ret := g.one("return", "return status 200 content-type text/plain string plain", "return status 203 content-type a/b lf-string <"+f+">", "return status 404 default-errorfiles", "return status 200 hdr x-r "+f+" hdr x-s b", "return status 503 content-type text/plain string busy hdr retry-after 3")
	if answer {
		return g.one(ret, "deny", "deny deny_status 429", "allow", "redirect location /r"+f)
	}
	return g.one(ret, "deny", "deny deny_status 429", "deny status 405 content-type text/plain lf-string "+f+" hdr x-d 1", "allow", "allow", "reject", "tarpit deny_status 410",
		"redirect location /r"+f, "redirect prefix http://p"+g.one("", ".example")+" code "+g.one("301", "302", "303", "307", "308"), "redirect prefix / drop-query append-slash", "redirect scheme https", "redirect location /c set-cookie S=1", "redirect location / clear-cookie S=", "redirect code 301 prefix http://x drop-query", "auth realm r")
}

func (g *gen) rules(b *strings.Builder, keyword string, n int, answer bool) {
	for range n {
		act, c := g.change(answer), g.cond(answer)
		if g.IntN(6) == 0 {
			act = g.final(answer)
			if keyword == "http-after-response" {
				act = "allow"
			}
			for c == "" { // else what follows is in vain
				c = g.cond(answer)
			}
		}
		if keyword == "http-after-response" && (strings.HasPrefix(act, "set-log-level") || strings.HasPrefix(act, "set-nice") || strings.HasPrefix(act, "redirect")) {
			continue
		}
		fmt.Fprintf(b, "    %s %s%s\n", keyword, act, c)
	}
}

func (g *gen) section(b *strings.Builder) {
	g.acls = 3
	for i := range g.acls {
		for range 1 + g.IntN(2) {
			fmt.Fprintf(b, "    acl a%d %s\n", i, g.test(false))
		}
	}
}

// config is a configuration with the places of addresses in braces.
func (g *gen) config() string {
	var b strings.Builder
	b.WriteString(`global
    nbthread 1
    log {log} len 4096 local0
defaults
    mode http
    log global
    timeout connect 2s
    timeout client 5s
    timeout server 5s
    timeout tarpit 10ms
frontend web
    bind {bind}
    log-format "%ST %ts %ci %s %b %{+Q}r hr=%hr hs=%hs v=%[var(txn.v)] w=%[var(txn.w)] l=%[capture.req.uri] m=%HM"
    declare capture request len 6
    declare capture response len 6
`)
	if g.IntN(2) == 0 {
		b.WriteString("    capture request header x-k len 5\n    capture response header x-o len 7\n")
	}
	for _, o := range []string{"option forwardfor", "option http-server-close", "option originalto"} {
		if g.IntN(4) == 0 {
			b.WriteString("    " + o + "\n")
		}
	}
	g.backend = false
	g.section(&b)
	if g.IntN(3) == 0 {
		b.WriteString("    tcp-request content " + g.one("accept if HTTP", "set-var(txn.v) src", "reject if { path_beg /b/c }", "accept if { hdr(x-k) two }") + "\n")
	}
	g.rules(&b, "http-request", g.IntN(9), false)
	g.rules(&b, "http-response", g.IntN(5), true)
	g.rules(&b, "http-after-response", g.IntN(3), true)
	for range g.IntN(3) {
		fmt.Fprintf(&b, "    use_backend %s%s\n", g.one("app", "more", "%[path,field(2,/)]", "%[req.hdr(x-k),lower]"), g.cond(false))
	}
	b.WriteString("    default_backend app\n")
	for i, name := range []string{"app", "more"} {
		fmt.Fprintf(&b, "backend %s\n", name)
		g.backend = true
		g.section(&b)
		g.rules(&b, "http-request", g.IntN(5), false)
		g.rules(&b, "http-response", g.IntN(4), true)
		fmt.Fprintf(&b, "    server s%d {server}\n", i+1)
	}
	return b.String()
}

// request is one that the configurations look at.
func (g *gen) request() string {
	var b strings.Builder
	version := g.one("1.1", "1.1", "1.1", "1.0")
	method := g.one("GET", "GET", "GET", "POST", "PUT", "HEAD", "OPTIONS")
	fmt.Fprintf(&b, "%s %s%s%s HTTP/%s\r\n", method, g.one("/a", "/b/", "/c/x.css", "/", "/app/y", "/more", "/A/b/c", "//a", "/%41/..", "http://www.example.net/a"), g.one("", "/s.js", "/b/c"), g.one("", "?q=1", "?q=22&p=abcd", "?p=%20x&q", "?"), version)
	fmt.Fprintf(&b, "Host: %s\r\n", g.one("www.example.net", "WWW.Example.NET", "x", "a.b:8080"))
	for range g.IntN(3) {
		fmt.Fprintf(&b, "X-K: %s\r\n", g.one("one", "two", "One, two", "", "a,b , o", "oooo", "\"q, r\", s"))
	}
	for _, h := range []string{"X-N: 5", "X-N: 12x", "X-Ip: 10.0.0.7", "X-Ip: 192.168.1.1", "Cookie: c=s1; d=2", "Cookie: c=", "Cookie: d=3; c=abc; c=d", "Accept-Language: de;q=0.5, en"} {
		if g.IntN(5) == 0 {
			b.WriteString(h + "\r\n")
		}
	}
	if method == "POST" || method == "PUT" {
		b.WriteString("Content-Length: 3\r\nConnection: close\r\n\r\nabc")
		return b.String()
	}
	return b.String() + "Connection: close\r\n\r\n"
}
