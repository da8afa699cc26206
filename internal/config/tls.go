package config

import (
	"slices"
	"strings"
)

// tlsRows are global settings of TLS binds and servers. Nothing else is changed
// by them, and such binds and servers are refused until TLS is built; so they
// are checked and kept. A quarter of the configurations found in public have one
// without any TLS bind.
var tlsRows = Table{
	tlsRow("ssl-default-bind-ciphers <ciphers>", "Sets the ciphers of TLS binds up to TLS 1.2.", "global statement '%s' expects a cipher suite as an argument."),
	tlsRow("ssl-default-bind-ciphersuites <ciphersuites>", "Sets the cipher suites of TLS 1.3 binds.", "global statement '%s' expects a cipher suite as an argument."),
	tlsRow("ssl-default-server-ciphers <ciphers>", "Sets the ciphers of TLS servers up to TLS 1.2.", "global statement '%s' expects a cipher suite as an argument."),
	tlsRow("ssl-default-server-ciphersuites <ciphersuites>", "Sets the cipher suites of TLS 1.3 servers.", "global statement '%s' expects a cipher suite as an argument."),
	tlsRow("ssl-default-bind-curves <curves>", "Sets the curves of TLS binds.", "global statement '%s' expects a curves suite as an arguments."),
	tlsRow("ssl-default-server-curves <curves>", "Sets the curves of TLS servers.", "global statement '%s' expects a curves suite as an arguments."),
	tlsRow("ssl-default-bind-sigalgs <sigalgs>", "Sets the signature algorithms of TLS binds.", "global statement '%s' expects a curves suite as an arguments."),
	tlsRow("ssl-default-server-sigalgs <sigalgs>", "Sets the signature algorithms of TLS servers.", "global statement '%s' expects a curves suite as an arguments."),
	tlsRow("ssl-default-bind-client-sigalgs <sigalgs>", "Sets the signature algorithms asked of clients.", "global statement '%s' expects a curves suite as an arguments."),
	tlsRow("ssl-default-server-client-sigalgs <sigalgs>", "Sets the signature algorithms offered to servers.", "global statement '%s' expects a curves suite as an arguments."),
	tlsRow("ca-base <dir>", "Sets the directory of relative CA and CRL files.", "global statement '%s' expects a directory path as an argument."),
	tlsRow("crt-base <dir>", "Sets the directory of relative certificate files.", "global statement '%s' expects a directory path as an argument."),
	tlsRow("key-base <dir>", "Sets the directory of relative key files.", "global statement '%s' expects a directory path as an argument."),
	tlsRow("issuers-chain-path <dir>", "Sets a directory of issuers to complete certificate chains.", "global statement '%s' expects a directory path as an argument."),
	tlsRow("ssl-dh-param-file <file>", "Sets a file of Diffie-Hellman parameters.", "'%s' expects a file path as an argument."),
	{Name: "ssl-default-bind-options", In: InGlobal, Max: -1, Syntax: "ssl-default-bind-options [<option>]...", Doc: "Sets the options of TLS binds.", Parse: parseTLSOptions},
	{Name: "ssl-default-server-options", In: InGlobal, Max: -1, Syntax: "ssl-default-server-options [<option>]...", Doc: "Sets the options of TLS servers.", Parse: parseTLSOptions},
	{Name: "ssl-server-verify", In: InGlobal, Max: 1, Syntax: "ssl-server-verify [none|required]", Doc: "Sets whether certificates of servers are verified.", Parse: func(p *Parser, l *Line) {
		if p.need(l, "'ssl-server-verify' expects an integer argument.") {
			if l.Words[1] != "none" && l.Words[1] != "required" {
				p.Alert(l.Pos, "'ssl-server-verify' expects 'none' or 'required' as argument.")
				return
			}
			p.keepTLS(l)
		}
	}},
	{Name: "ssl-skip-self-issued-ca", In: InGlobal, Doc: "Leaves self-issued CAs out of sent chains.", Parse: (*Parser).keepTLS},
	{Name: "ssl-load-extra-files", In: InGlobal, Max: -1, Syntax: "ssl-load-extra-files { none | all | bundle | sctl | ocsp | issuer | key }...", Doc: "Sets which files beside a certificate are loaded.", Parse: func(p *Parser, l *Line) {
		for _, w := range l.Words[1:] {
			if !slices.Contains([]string{"none", "all", "bundle", "sctl", "ocsp", "issuer", "key"}, w) {
				l.Words = l.Words[:1]
				break
			}
		}
		if p.need(l, "'ssl-load-extra-files' expects one or multiple arguments (none, all, bundle, sctl, ocsp, issuer).") {
			p.keepTLS(l)
		}
	}},
	{Name: "ssl-load-extra-del-ext", In: InGlobal, Doc: "Looks for key files without the certificate's extension.", Parse: (*Parser).keepTLS},
	{Name: "tune.ssl.default-dh-param", In: InGlobal, Max: 1, Syntax: "tune.ssl.default-dh-param <number>", Doc: "Sets the largest size of generated Diffie-Hellman parameters.",
		Parse: tlsInt(1024, maxInt, "'%s' expects a value >= 1024.")},
	{Name: "tune.ssl.cachesize", In: InGlobal, Max: 1, Syntax: "tune.ssl.cachesize <number>", Doc: "Sets the size of the TLS session cache.", Parse: tlsInt(0, maxInt, "'%s' expects a positive numeric value.")},
	{Name: "tune.ssl.maxrecord", In: InGlobal, Max: 1, Syntax: "tune.ssl.maxrecord <number>", Doc: "Sets the largest TLS record sent at first.", Parse: tlsInt(0, maxInt, "'%s' expects a positive numeric value.")},
	{Name: "tune.ssl.hard-maxrecord", In: InGlobal, Max: 1, Syntax: "tune.ssl.hard-maxrecord <number>", Doc: "Sets the largest TLS record ever sent.", Parse: tlsInt(0, maxInt, "'%s' expects a positive numeric value.")},
	{Name: "tune.ssl.capture-buffer-size", In: InGlobal, Max: 1, Syntax: "tune.ssl.capture-buffer-size <number>", Doc: "Sets how much of a client's hello is kept.", Parse: tlsInt(0, maxInt, "'%s' expects a positive numeric value.")},
	{Name: "tune.ssl.ssl-ctx-cache-size", In: InGlobal, Max: 1, Syntax: "tune.ssl.ssl-ctx-cache-size <number>", Doc: "Sets the size of the cache of generated certificates.", Parse: tlsInt(0, maxInt, "'%s' expects a positive numeric value.")},
	{Name: "maxsslconn", In: InGlobal, Max: 1, Syntax: "maxsslconn <number>", Doc: "Sets the largest number of concurrent TLS connections.", Parse: tlsInt(0, maxInt, "'%s' expects an integer argument.")},
	{Name: "tune.ssl.lifetime", In: InGlobal, Max: 1, Syntax: "tune.ssl.lifetime <timeout>", Doc: "Sets how long TLS sessions can be resumed.", Parse: func(p *Parser, l *Line) {
		if !p.need(l, "'tune.ssl.lifetime' expects ssl sessions <lifetime> in seconds as argument.") {
			return
		}
		if _, err := p.delay(l.Words[1], 1e9); err != nil {
			p.Alert(l.Pos, "%s in argument to <tune.ssl.lifetime>.", err)
			return
		}
		p.keepTLS(l)
	}},
	{Name: "tune.ssl.force-private-cache", In: InGlobal, Doc: "Gives each process a TLS session cache of its own.", Parse: (*Parser).keepTLS},
	{Name: "tune.ssl.keylog", In: InGlobal, Max: 1, Syntax: "tune.ssl.keylog { on | off }", Doc: "Keeps TLS secrets for logging.", Parse: func(p *Parser, l *Line) {
		if l.Arg(1) != "on" && l.Arg(1) != "off" {
			p.Alert(l.Pos, "'tune.ssl.keylog' expects either 'on' or 'off' but got '%s'.", clip(l.Arg(1)))
			return
		}
		p.keepTLS(l)
	}},
}

func (p *Parser) keepTLS(l *Line) {
	p.spec.Global.SSL = append(p.spec.Global.SSL, Setting{l.Pos, l.Words})
}

func tlsRow(syntax, doc, missing string) Keyword {
	name, _, _ := strings.Cut(syntax, " ")
	return Keyword{Name: name, Syntax: syntax, In: InGlobal, Max: 1, Doc: doc, Parse: func(p *Parser, l *Line) {
		if p.need(l, strings.Replace(missing, "%s", name, 1)) {
			if strings.HasSuffix(name, "-base") && slices.ContainsFunc(p.spec.Global.SSL, func(s Setting) bool { return s.Words[0] == name }) {
				p.Alert(l.Pos, "'%s' already specified.", name)
				return
			}
			p.keepTLS(l)
		}
	}}
}

func tlsInt(lo, hi int, text string) func(*Parser, *Line) {
	return func(p *Parser, l *Line) {
		if !p.need(l, "'"+l.Words[0]+"' expects an integer argument.") {
			return
		}
		if _, ok := parseInt(l.Words[1], lo, hi); !ok {
			p.Alert(l.Pos, "%s", strings.Replace(text, "%s", l.Words[0], 1))
			return
		}
		p.keepTLS(l)
	}
}

type tlsFlag struct {
	name          string
	bind, server  bool
	takesAVersion bool
}

// tlsFlags are the words of ssl-default-bind-options and its server form; those
// marked take a TLS version.
var tlsFlags = []tlsFlag{
	{"no-sslv3", true, true, false}, {"no-tlsv10", true, true, false}, {"no-tlsv11", true, true, false},
	{"no-tlsv12", true, true, false}, {"no-tlsv13", true, true, false},
	{"force-sslv3", true, true, false}, {"force-tlsv10", true, true, false}, {"force-tlsv11", true, true, false},
	{"force-tlsv12", true, true, false}, {"force-tlsv13", true, true, false},
	{"ssl-min-ver", true, true, true}, {"ssl-max-ver", true, true, true},
	{"no-tls-tickets", true, true, false}, {"tls-tickets", true, true, false},
	{"prefer-client-ciphers", true, false, false}, {"strict-sni", true, false, false}, {"no-strict-sni", true, false, false},
	{"no-renegotiate", false, true, false}, {"renegotiate", false, true, false},
}

func parseTLSOptions(p *Parser, l *Line) {
	name := l.Words[0]
	if !p.need(l, "global statement '"+name+"' expects an option as an argument.") {
		return
	}
	server := name == "ssl-default-server-options"
	for i := 1; i < len(l.Words); i++ {
		w := l.Words[i]
		k := slices.IndexFunc(tlsFlags, func(f tlsFlag) bool {
			return f.name == w && (server && f.server || !server && f.bind)
		})
		switch {
		case k < 0:
			p.Alert(l.Pos, "unknown option '%s' on global statement '%s'.", clip(w), name)
			return
		case !tlsFlags[k].takesAVersion:
		case i+1 == len(l.Words):
			p.Alert(l.Pos, "'%s' : missing the ssl/tls version on global statement '%s'.", w, name)
			return
		default:
			i++
			if !slices.Contains([]string{"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"}, l.Words[i]) {
				p.Alert(l.Pos, "'%s' : unknown ssl/tls version on global statement '%s'.", clip(l.Words[i]), name)
				return
			}
		}
	}
	p.keepTLS(l)
}
