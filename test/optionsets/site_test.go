package optionsets

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// gen makes sites and conversations.
type gen struct {
	*rand.Rand
	newer bool // the reference knows what came after HAProxy 2.6
	id    int  // of the last request
	tcp   bool // the site forwards bytes
	proxy bool // clients begin with a PROXY header
	first bool // the next request is the first of its connection
	cook  bool // requests may carry the persistence cookie
}

func (g *gen) one(of ...string) string { return of[g.IntN(len(of))] }

// in tells true once in n times.
func (g *gen) in(n int) bool { return g.IntN(n) == 0 }

// A site is a defaults section, a frontend and a backend, and the servers behind it.
type site struct {
	text    string // {n} is its number, {bind}, {A} to {D} and {dir} places of addresses and files
	servers []string
}

// both are options of a frontend and of a backend.
var both = []string{
	"option http-server-close", "option httpclose", "option http-keep-alive", "option http-buffer-request", "option forwardfor", "option forwardfor if-none",
	"option forwardfor header X-Client", "option forwardfor except 127.0.0.0/8", "option forwardfor except 10.0.0.0/8 header X-Real if-none", "option originalto", "option originalto header X-Dst",
	"option originalto except 127.0.0.1", "option http-restrict-req-hdr-names preserve", "option http-restrict-req-hdr-names delete", "option http-restrict-req-hdr-names reject", "option http-no-delay",
	"option independent-streams", "option splice-auto", "option splice-request", "option splice-response", "option tcpka",
	"errorfile 503 {dir}/503.http", "errorfile 502 {dir}/odd.http", "errorloc 503 /sorry", "errorloc303 502 http://x/sorry", "errorloc302 504 /late", "errorloc 400 /bad", "errorfiles pages", "errorfiles pages 503 400",
	"http-error status 503 content-type text/plain string busy", "http-error status 502 content-type text/plain lf-string %[status]-%[src] hdr X-E 1", "http-error status 504 default-errorfiles",
	"http-error status 403 errorfile {dir}/503.http", "errorfile 408 /dev/null", "http-error status 500 content-type a/b string five",
	"timeout http-keep-alive 120ms", "timeout http-request 200ms", "timeout tarpit 10ms",
}

var front = []string{
	"option http-ignore-probes", "option h1-case-adjust-bogus-client", "option accept-invalid-http-request", "option dontlognull", "option dontlog-normal", "option log-separate-errors", "option logasap",
	"option tcp-smart-accept", "option clitcpka", "option contstats", "option socket-stats", "option idle-close-on-response", "monitor-uri /alive", "unique-id-format %{+X}o-%ci-%fi", "unique-id-header X-Uid",
	"capture request header X-B len 9", "capture request header Host len 3", "capture response header X-Resp-A len 20", "capture response header Content-Length len 2", "capture cookie SRV len 8", "capture cookie B len 2",
	"monitor fail if { src 127.0.0.1 }", "monitor fail if { src 10.0.0.1 }", "declare capture request len 5", "http-request capture req.hdr(x-b) len 4", "rate-limit sessions 1000", "maxconn 100", "backlog 100",
	"http-request deny if { hdr(x-x) deny }", "http-request tarpit if { hdr(x-x) tarpit }", "http-request return status 200 content-type a/b string r if { hdr(x-x) return }", "http-request redirect location /r if { hdr(x-x) redirect }",
	"http-request reject if { hdr(x-x) reject }", "http-request wait-for-body time 100ms if { method POST }", "tcp-request connection reject if { src 10.0.0.1 }", "tcp-request inspect-delay 50ms", "tcp-request content reject if { hdr(x-x) tcp }",
	"http-response set-header X-R %[status]", "http-response deny if { status 403 }", "http-after-response set-header X-A %[status]", "http-request set-log-level silent if { hdr(x-x) silent }",
}

var back = []string{
	"http-reuse never", "http-reuse safe", "http-reuse aggressive", "http-reuse always", "option http-pretend-keepalive", "option prefer-last-server", "option h1-case-adjust-bogus-server", "option accept-invalid-http-response",
	"option redispatch", "option redispatch 1", "option redispatch -1", "option srvtcpka", "option tcp-smart-connect", "option allbackups", "option persist",
	"retry-on none", "retry-on conn-failure", "retry-on empty-response", "retry-on junk-response", "retry-on response-timeout", "retry-on 0rtt-rejected", "retry-on 404", "retry-on 500 502 503", "retry-on 401 403 408 425 501 504",
	"retry-on all-retryable-errors", "retry-on conn-failure empty-response junk-response response-timeout", "retry-on all-retryable-errors", "option nolinger", "retries 0", "retries 1", "retries 2", "max-keep-alive-queue 0", "max-keep-alive-queue 1",
	"http-send-name-header X-Server", "http-send-name-header X-B2", "cookie SRV insert", "cookie SRV insert indirect", "cookie SRV insert indirect nocache", "cookie SRV rewrite", "cookie SRV prefix", "cookie SRV",
	"cookie SRV insert preserve", "cookie SRV insert postonly httponly", "cookie SRV prefix indirect nocache", "timeout queue 100ms", "timeout tunnel 300ms", "timeout server-fin 100ms", "fullconn 10", "balance first", "balance hdr(x-b)", "balance leastconn", "balance source",
	"http-request disable-l7-retry if { method POST }", "http-request deny deny_status 429 if { hdr(x-x) late }", "http-response return status 201 content-type a/b string made if { status 404 }", "http-response set-status 299 if { status 500 }",
	"http-response wait-for-body time 100ms if { status 200 }",
}

var newBoth = []string{"option forwarded", "option forwarded proto", "option forwarded for", "option forwarded by by_port for for_port", "option forwarded proto host by-expr src for", "option forwarded host-expr req.hdr(x-b) for-expr str(_x)"}

// boolean are the options that "no" takes back.
func boolean(line string) bool {
	w := strings.Fields(line)
	if w[0] != "option" || len(w) != 2 {
		return false
	}
	switch w[1] {
	case "forwardfor", "originalto", "tcpka", "forwarded", "accept-invalid-http-request", "accept-invalid-http-response":
		return false
	}
	return true
}

// lines takes n lines at random; of those that exclude each other HAProxy takes the last.
func (g *gen) lines(b *strings.Builder, n int, from ...[]string) {
	var all []string
	for _, f := range from {
		all = append(all, f...)
	}
	for range n {
		l := g.one(all...)
		if g.tcp && !forTCP(l) || !g.newer && strings.HasSuffix(l, "option httpclose") { // which 2.6 takes for the client's side only
			continue
		}
		if boolean(l) && g.in(5) {
			l = "no " + l
		}
		if strings.HasPrefix(l, "cookie ") {
			g.cook = true
		}
		if strings.HasPrefix(l, "retry-on ") && strings.ContainsAny(l+strings.Repeat("0", strings.Count(l, "all-retryable")), "045") && !strings.Contains(l, "0rtt") {
			l += "\n    option http-server-close" // else HAProxy repeats on the same connection, Sluice on a new one
		}
		fmt.Fprintf(b, "    %s\n", l)
	}
}

// forTCP tells what means something without HTTP.
func forTCP(l string) bool {
	for _, p := range []string{"option independent", "option nolinger", "option splice", "option tcp", "option dontlog", "option log", "option clitcp", "option srvtcp", "option contstats", "option socket-stats", "retries", "option redisp", "timeout", "balance first", "balance leastconn", "maxconn", "option allbackups", "tcp-request connection"} {
		if strings.HasPrefix(l, p) {
			return true
		}
	}
	return false
}

func without(all []string, unwanted ...string) (list []string) {
next:
	for _, l := range all {
		for _, u := range unwanted {
			if strings.HasPrefix(l, u) {
				continue next
			}
		}
		list = append(list, l)
	}
	return list
}

// inDefaults is what a defaults section may not have.
var notInDefaults = []string{"capture", "declare", "http-request", "http-response", "http-after", "tcp-request", "monitor fail"}

const ownFormat = `log-format "f=%f b=%b %s %ts%tsc %ST %CC %CS rc=%rc hr=%hr hs=%hs ID=%ID %HM %HP %HV %{+Q}r T=%Th/%Ti/%TR/%Tw/%Tc/%Tr/%Ta"`

func (g *gen) site() site {
	g.tcp = g.in(8)
	g.proxy = g.in(10)
	var b strings.Builder
	mode := "http"
	if g.tcp {
		mode = "tcp"
	}
	fmt.Fprintf(&b, "defaults\n    mode %s\n    log {log} len 8000 local0\n    timeout connect 100ms\n    timeout client 400ms\n    timeout server 300ms\n    %soption abortonclose\n", mode, g.one("", "no ")) // its default has changed
	f, k, o := front, back, both
	if g.newer {
		o = append(newBoth, o...)
		f = append(f, "option http-drop-response-trailers")
		k = append(k, "option http-drop-request-trailers")
	}
	g.lines(&b, g.IntN(4), without(f, notInDefaults...), without(k, notInDefaults...), o)
	fmt.Fprintf(&b, "frontend f{n}\n    bind {bind}")
	if g.proxy {
		b.WriteString(" accept-proxy")
	}
	b.WriteString("\n")
	switch n := g.IntN(10); {
	case n < 5 && !g.tcp:
		b.WriteString("    " + ownFormat + "\n")
	case n < 7 && !g.tcp:
		b.WriteString("    option httplog\n")
	case n < 8 && !g.tcp:
		b.WriteString("    option httplog clf\n")
	case n < 9:
		b.WriteString("    option tcplog\n")
	}
	g.lines(&b, g.IntN(6), f, o)
	b.WriteString("    default_backend b{n}\nbackend b{n}\n")
	g.lines(&b, g.IntN(7), k, o)
	s := site{}
	servers := 1 + g.IntN(3)
	if servers > 1 { // later versions begin anywhere in a round
		b.WriteString("    balance " + g.one("hdr(x-b)", "uri", "first") + "\n")
	}
	for i := range servers {
		kind := ""
		switch g.IntN(12) {
		case 0:
			if g.newer { // HAProxy 2.6 tells only the first request of a client
				kind = "close"
			}
		case 1:
			kind = "dead"
		}
		s.servers = append(s.servers, kind)
		fmt.Fprintf(&b, "    server s%d {%c}", i+1, 'A'+i)
		if g.cook {
			fmt.Fprintf(&b, " cookie c%d", i+1)
		}
		if g.in(2) {
			opts := []string{" maxconn 50", " send-proxy", " send-proxy-v2", " backup", " disabled", " pool-max-conn 0", " weight 2", " pool-purge-delay 10s", " send-proxy-v2 proxy-v2-options unique-id", " pool-low-conn 2", " weight 0"}
			if i == 0 {
				opts = without(opts, " disabled", " weight 0")
			}
			b.WriteString(g.one(opts...))
		}
		b.WriteString("\n")
	}
	s.text = b.String()
	return s
}
