package main

import (
	"fmt"
	"strings"
)

// A scenario is one HTTP situation that every contestant is put into.
type scenario struct {
	part  string // of the results, and the value of -only
	name  string // the row
	conns int
	path  string
	body  int    // bytes of the answer's body that the client must see
	lua   string // what wrk is told beyond the address
	rules string // lines of the frontend beyond httpFrontend's
	back  string // lines of the backend
	scale scale
	unlog bool
	once  bool // a connection per request
	two   bool // nbthread 2, on both processors
}

// scale is what grows in the part "scale"; zero means one of each.
type scale struct{ servers, backends, acls int }

// The frontend of every scenario: what most users have.
const httpDefaults = `defaults
    mode http
    option forwardfor
    timeout connect 5s
    timeout client 60s
    timeout server 60s
`

// haproxyConfig is what the contestants that read HAProxy's language are given.
func (sc *scenario) haproxyConfig(logTo, bind, origin string) string {
	var b strings.Builder
	threads := 1
	if sc.two {
		threads = 2
	}
	fmt.Fprintf(&b, "global\n    nbthread %d\n    maxconn 9500\n", threads)
	if !sc.unlog {
		fmt.Fprintf(&b, "    log %s local0\n", logTo)
	}
	b.WriteString(httpDefaults)
	if !sc.unlog {
		b.WriteString("    log global\n    option httplog\n")
	}
	fmt.Fprintf(&b, "frontend web\n    bind %s\n", bind)
	for i := range sc.scale.acls {
		fmt.Fprintf(&b, "    acl no%d path_beg /no%d\n    use_backend none if no%d\n", i, i, i)
	}
	b.WriteString(sc.rules)
	b.WriteString("    acl api path_beg /api\n    use_backend origins if api\n    default_backend none\nbackend origins\n" + sc.back)
	for i := range max(1, sc.scale.servers) {
		fmt.Fprintf(&b, "    server o%d %s\n", i+1, origin)
	}
	b.WriteString("backend none\n")
	for i := range sc.scale.backends {
		fmt.Fprintf(&b, "backend more%d\n    server o1 %s\n", i, origin)
	}
	return b.String()
}

// twentyRules are 20 rules and 5 ACLs (the sixth is the one all scenarios have).
var twentyRules = func() string {
	var b strings.Builder
	b.WriteString(`    acl img path_end .png .jpg .gif .css .js
    acl admin path_beg /admin /console
    acl inside src 10.0.0.0/8 192.168.0.0/16
    acl bot hdr_sub(user-agent) -i curlbot spider crawler
    acl writes method POST PUT DELETE
    http-request deny if admin !inside
    http-request deny if bot writes
    http-request set-header X-Forwarded-Proto http
    http-request set-header X-Real-IP %[src]
    http-request del-header X-Debug
    http-request set-header X-Class image if img
    http-request set-header X-Class dynamic unless img
    http-request add-header X-Via bench
    http-response set-header X-Frame-Options SAMEORIGIN
    http-response set-header X-Content-Type-Options nosniff
    http-response del-header X-Powered-By
    http-response set-header Cache-Control private if { status 200 }
`)
	for i := range 8 {
		fmt.Fprintf(&b, "    http-request deny if { path_beg /blocked%d }\n", i)
	}
	return b.String()
}()

// tests are those of the part "rules", one after the other: none of them holds.
var tests = []string{"path_beg /no%d", "path_end .no%d", "hdr(host) -i no%d.example", "src 10.%d.0.0/16", "url_param(id) no%d",
	"hdr_sub(user-agent) -i no%d", "req.hdr(x-key) -m str no%d", "path_reg ^/no%d/[a-z]+$", "req.cook(sid) -m beg no%d", "method NO%d"}

func testNumber(i int) string { return fmt.Sprintf(tests[i%len(tests)], i/len(tests)) }

func manyRules(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    http-request deny if { %s }\n", testNumber(i))
	}
	return b.String()
}

func manyTests(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    acl many %s\n", testNumber(i))
	}
	return b.String() + "    http-request deny if many\n"
}

const (
	luaClose = `wrk.headers["Connection"] = "close"`
	luaPost  = `wrk.method = "POST" wrk.headers["Content-Type"] = "application/octet-stream" wrk.body = string.rep("x", 16384)`
)

// scenarios are all of them, in the order of the results.
func scenarios(conns []int) []scenario {
	var s []scenario
	for _, n := range conns {
		s = append(s, scenario{part: "http", name: fmt.Sprintf("%d connections", n), conns: n, path: "/api/item?id=1", body: bodySize})
	}
	for _, size := range []struct {
		name string
		n    int
	}{{"0", 0}, {"64k", 64 << 10}, {"1m", 1 << 20}} {
		s = append(s, scenario{part: "sizes", name: "answers of " + size.name, conns: 64, path: "/api/" + size.name, body: size.n})
	}
	s = append(s,
		scenario{part: "sizes", name: "64 KiB chunked", conns: 64, path: "/api/chunked", body: 64 << 10},
		scenario{part: "sizes", name: "POST of 16 KiB", conns: 64, path: "/api/item", body: bodySize, lua: luaPost},
		scenario{part: "modes", name: "a connection per request", conns: 64, path: "/api/item", body: bodySize, lua: luaClose, once: true},
		scenario{part: "modes", name: "– both with `option tcp-smart-connect`", conns: 64, path: "/api/item", body: bodySize, lua: luaClose, once: true, back: "    option tcp-smart-connect\n"},
		scenario{part: "modes", name: "20 rules, 5 ACLs", conns: 64, path: "/api/item", body: bodySize, rules: twentyRules},
		scenario{part: "modes", name: "5,000 connections", conns: 5000, path: "/api/item", body: bodySize},
		scenario{part: "modes", name: "two threads", conns: 64, path: "/api/item", body: bodySize, two: true})
	for _, n := range []int{10, 100, 1000} {
		s = append(s,
			scenario{part: "rules", name: fmt.Sprintf("%d rules", n), conns: 64, path: "/api/item?id=1", body: bodySize, rules: manyRules(n)},
			scenario{part: "rules", name: fmt.Sprintf("%d tests of one ACL", n), conns: 64, path: "/api/item?id=1", body: bodySize, rules: manyTests(n)})
	}
	plain := scenario{part: "scale", conns: 64, path: "/api/item", body: bodySize}
	for _, x := range []struct {
		what  string
		sizes []int
		set   func(*scenario, int)
	}{
		{"servers", []int{10, 100, 1000}, func(s *scenario, n int) { s.scale.servers = n }},
		{"backends", []int{100, 1000, 10000}, func(s *scenario, n int) { s.scale.backends = n }},
		{"ACLs", []int{1, 10, 100}, func(s *scenario, n int) { s.scale.acls = n }},
		{"connections", []int{40, 400, 4000}, func(s *scenario, n int) { s.conns = n }},
	} {
		for _, n := range x.sizes {
			sc := plain
			sc.name = fmt.Sprintf("%d %s", n, x.what)
			x.set(&sc, n)
			s = append(s, sc)
		}
	}
	return s
}
