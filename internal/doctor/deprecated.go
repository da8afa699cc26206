package doctor

import (
	"strings"
)

// deprecatedNames are keywords, options, actions and sample fetches that are
// still read, by the beginning of a line or by the fetch's name, and what the
// manual wants in their place. They are not rewritten: older versions do not know
// the new names.
var (
	deprecatedLines = []struct{ old, by string }{
		{"tune.quic.cc.cubic.min-losses", "tune.quic.fe.cc.cubic-min-losses"},
		{"tune.quic.cc-hystart", "tune.quic.fe.cc.hystart"},
		{"tune.quic.max-frame-loss", "tune.quic.fe.cc.max-frame-loss"},
		{"tune.quic.frontend.default-max-window-size", "tune.quic.fe.cc.max-win-size"},
		{"tune.quic.reorder-ratio", "tune.quic.fe.cc.reorder-ratio"},
		{"tune.quic.frontend.max-idle-timeout", "tune.quic.fe.max-idle-timeout"},
		{"tune.quic.frontend.glitches-threshold", "tune.quic.fe.sec.glitches-threshold"},
		{"tune.quic.retry-threshold", "tune.quic.fe.sec.retry-threshold"},
		{"tune.quic.socket-owner", "tune.quic.fe.sock-per-conn"},
		{"tune.quic.frontend.stream-data-ratio", "tune.quic.fe.stream.data-ratio"},
		{"tune.quic.frontend.max-streams-bidi", "tune.quic.fe.stream.max-concurrent"},
		{"tune.quic.frontend.max-data-size", "tune.quic.fe.stream.rxbuf"},
		{"tune.quic.frontend.max-tx-mem", "tune.quic.mem.tx-max"},
		{"tune.quic.disable-tx-pacing", "tune.quic.fe.tx.pacing"},
		{"tune.quic.disable-udp-gso", "tune.quic.fe.tx.udp-gso"},
		{"tune.ssl.capture-cipherlist-size", "tune.ssl.capture-buffer-size"},
		{"tune.ssl.ocsp-update.maxdelay", "ocsp-update.maxdelay"},
		{"tune.ssl.ocsp-update.mindelay", "ocsp-update.mindelay"},
		{"option accept-invalid-http-request", "option accept-unsafe-violations-in-http-request"},
		{"option accept-invalid-http-response", "option accept-unsafe-violations-in-http-response"},
		{"http-request set-mark", "http-request set-fc-mark"}, {"http-response set-mark", "http-response set-fc-mark"},
		{"http-request set-tos", "http-request set-fc-tos"}, {"http-response set-tos", "http-response set-fc-tos"},
		{"tcp-request connection set-mark", "tcp-request connection set-fc-mark"},
		{"tcp-request connection set-tos", "tcp-request connection set-fc-tos"},
		{"compression direction", "filter comp-req and filter comp-res"},
		{"filter compression", "filter comp-req and filter comp-res"},
	}
	deprecatedFetches = map[string]string{
		"payload": "req.payload", "payload_lv": "req.payload_lv", "req_len": "req.len",
		"req_proto_http": "req.proto_http", "rdp_cookie": "req.rdp_cookie", "rdp_cookie_cnt": "req.rdp_cookie_cnt",
		"req_ssl_hello_type": "req.ssl_hello_type", "req_ssl_sni": "req.ssl_sni", "req_ssl_ver": "req.ssl_ver",
		"rep_ssl_hello_type": "res.ssl_hello_type", "cook": "req.cook", "cook_cnt": "req.cook_cnt",
		"cook_val": "req.cook_val", "hdr_cnt": "req.hdr_cnt", "hdr_ip": "req.hdr_ip", "hdr_val": "req.hdr_val",
		"req_ver": "req.ver", "scook": "res.cook", "scook_cnt": "res.cook_cnt", "scook_val": "res.cook_val",
		"shdr": "res.hdr", "shdr_cnt": "res.hdr_cnt", "shdr_ip": "res.hdr_ip", "shdr_val": "res.hdr_val",
		"resp_ver": "res.ver", "set-cookie": "res.cook",
	}
	// deprecatedVersions are the options of TLS that forbid or force one version.
	deprecatedVersions = map[string]string{
		"no-sslv3": "ssl-min-ver TLSv1.0", "no-tlsv10": "ssl-min-ver TLSv1.1", "no-tlsv11": "ssl-min-ver TLSv1.2",
		"no-tlsv12": "ssl-min-ver and ssl-max-ver", "no-tlsv13": "ssl-max-ver TLSv1.2",
		"force-sslv3": "nothing: SSLv3 is broken", "force-tlsv10": "ssl-min-ver TLSv1.0 ssl-max-ver TLSv1.0",
		"force-tlsv11": "ssl-min-ver TLSv1.1 ssl-max-ver TLSv1.1", "force-tlsv12": "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.2",
		"force-tlsv13": "ssl-min-ver TLSv1.3", "npn": "alpn",
	}
)

// deprecated finds what a line has better forms for.
func (e *exam) deprecated(words []string) {
	for _, d := range deprecatedLines {
		if begins(words, d.old) {
			e.better(d.old, d.by)
			return
		}
	}
	switch words[0] {
	case "bind", "server", "default-server", "server-template", "ssl-default-bind-options", "ssl-default-server-options":
		for _, w := range words[1:] {
			if by, ok := deprecatedVersions[w]; ok {
				e.better(w, by)
			}
		}
	case "acl":
		if len(words) > 2 {
			e.fetch(words[2])
		}
	}
	for i, w := range words[1:] {
		if w == "{" || w == "!{" {
			if i+2 < len(words) {
				e.fetch(words[i+2])
			}
		}
		for _, part := range strings.Split(w, "%[")[1:] {
			e.fetch(part)
		}
	}
}

// fetch looks at an expression, which begins with the name of a fetch.
func (e *exam) fetch(expr string) {
	name := expr
	if i := strings.IndexAny(expr, "(,]"); i >= 0 {
		name = expr[:i]
	}
	if by, ok := deprecatedFetches[name]; ok {
		e.better(name, by)
	}
}

func (e *exam) better(old, by string) {
	e.find(Finding{Kind: Deprecated, Text: "'" + old + "' is deprecated, use '" + by + "' instead."})
}

func begins(words []string, name string) bool {
	f := strings.Fields(name)
	for i, w := range f {
		if i >= len(words) || words[i] != w {
			return false
		}
	}
	return true
}
