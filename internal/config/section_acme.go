package config

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// ACME is an acme section (manual 12.8): how certificates are obtained from an
// authority.
type ACME struct {
	SectionHead
	Directory      string // URL
	AccountKey     string // file; "": named after the section
	Contact        string
	Challenge      string   // http-01 when not set
	ChallengeReady []string // cli, dns, delay, none
	DNSDelay       time.Duration
	DNSTimeout     time.Duration
	KeyType        string // RSA or ECDSA; "": ECDSA
	Bits           int    // of RSA keys
	Curves         string // of ECDSA keys
	Map            string
	Profile        string
	ProviderName   string
	Vars           string // acme-vars
	ReuseKey       bool
	EABKeyID       string // file
	EABMacKey      string // file
	EABMacAlg      string // HS256 when not set
}

const (
	defaultDNSDelay   = 30 * time.Second
	defaultDNSTimeout = 600 * time.Second
	defaultACMEBits   = 2048
)

var acmeRows = Table{
	acmeText("account-key", "<filename>", "Names the file of the account's key.", "a filename argument", func(a *ACME) *string { return &a.AccountKey }),
	acmeText("acme-vars", "<string>", "Sets variables for the tool that sets DNS records.", "an argument", func(a *ACME) *string { return &a.Vars }),
	{Name: "bits", In: InACME, Max: 1, Since: "3.2", Syntax: "bits <number>", Doc: "Sets the size of RSA keys.", Parse: of(parseACMEBits)},
	{Name: "challenge", In: InACME, Max: 1, Since: "3.2", Syntax: "challenge <string>",
		Doc: "Sets how the authority is shown that a domain is ours.", Parse: of(func(p *Parser, l *Line, a *ACME) {
			old := a.Challenge
			if acmeChoice(p, l, &a.Challenge, strings.EqualFold, "http-01", "dns-01", "dns-persist-01"); a.ChallengeReady != nil && a.Challenge == "http-01" {
				p.alertTight(l.Pos, withHTTP, "challenge")
				a.Challenge = old
			}
		})},
	{Name: "challenge-ready", In: InACME, Max: 1, Since: "3.3", Syntax: "challenge-ready <value>[,<value>]*",
		Doc: "Sets what is waited for before the authority looks at a DNS challenge.", Parse: of(parseChallengeReady)},
	acmeText("contact", "<string>", "Sets the mail address of the account.", "an argument", func(a *ACME) *string { return &a.Contact }),
	{Name: "curves", In: InACME, Max: 1, Since: "3.2", Syntax: "curves <string>", Doc: "Sets the curves of ECDSA keys.", Parse: of(parseACMECurves)},
	acmeText("directory", "<string>", "Sets the URL of the authority.", "an argument", func(a *ACME) *string { return &a.Directory }),
	acmeDelay("dns-delay", "Sets the wait before and between looks at a DNS challenge.", func(a *ACME) *time.Duration { return &a.DNSDelay }),
	acmeDelay("dns-timeout", "Limits how long a DNS challenge is looked at.", func(a *ACME) *time.Duration { return &a.DNSTimeout }),
	acmeText("eab-key-id", "<filename>", "Names the file of the identifier of an external account.", "an argument", func(a *ACME) *string { return &a.EABKeyID }),
	{Name: "eab-mac-alg", In: InACME, Max: 1, Since: "3.4", Syntax: "eab-mac-alg { HS256 | HS384 | HS512 }",
		Doc: "Sets how the binding to an external account is signed.", Parse: of(func(p *Parser, l *Line, a *ACME) {
			if a.need(p, l, "an argument") {
				acmeChoice(p, l, &a.EABMacAlg, func(a, b string) bool { return a == b }, "HS256", "HS384", "HS512")
			}
		})},
	acmeText("eab-mac-key", "<filename>", "Names the file of the key of an external account.", "an argument", func(a *ACME) *string { return &a.EABMacKey }),
	{Name: "keytype", In: InACME, Max: 1, Since: "3.2", Syntax: "keytype <string>",
		Doc: "Sets the type of keys, RSA or ECDSA.", Parse: of(func(p *Parser, l *Line, a *ACME) {
			switch word := l.Arg(1); {
			case !a.need(p, l, "an argument"):
			case word != "RSA" && word != "ECDSA":
				a.fault(p, l, "requires either 'RSA' or 'ECDSA' argument")
			default:
				a.KeyType = word
			}
		})},
	acmeText("map", "<map>", "Names the map that answers challenges.", "an argument", func(a *ACME) *string { return &a.Map }),
	acmeText("profile", "<string>", "Asks for a profile of the authority.", "an argument", func(a *ACME) *string { return &a.Profile }),
	acmeText("provider-name", "<string>", "Names the DNS provider to the tool that sets records.", "an argument", func(a *ACME) *string { return &a.ProviderName }),
	{Name: "reuse-key", In: InACME, Max: 1, Since: "3.3", Syntax: "reuse-key { on | off }",
		Doc: "Keeps the private key when a certificate is renewed.", Parse: of(func(p *Parser, l *Line, a *ACME) {
			switch word := l.Arg(1); {
			case !a.need(p, l, "an argument"):
			case word != "on" && word != "off":
				a.fault(p, l, "requires either the 'on' or 'off' parameter")
			default:
				a.ReuseKey = word == "on"
			}
		})},
}

func openACME(p *Parser, l *Line) {
	p.skipSection("acme")
	name := l.Arg(1)
	switch {
	case p.discovery:
		return
	case !p.spec.Global.ExposeExperimental:
		p.alertTight(l.Pos, "section 'acme' is experimental, must be allowed via a global 'expose-experimental-directives'")
		return
	case name == "":
		p.alertTight(l.Pos, "section 'acme' requires an ID argument.")
		return
	case len(l.Words) > 2:
		p.Alert(l.Pos, "'acme' cannot handle unexpected argument '%s'.", clip(l.Words[2]))
		return
	}
	if old, taken := p.taken(l, name); taken {
		p.alertTight(l.Pos, "acme section '%s' already exists (%s).", clip(name), old)
		return
	}
	p.enter(InACME, "acme", name)
	a := &ACME{SectionHead: SectionHead{l.Pos, name}, Challenge: "http-01", DNSDelay: defaultDNSDelay, DNSTimeout: defaultDNSTimeout,
		Bits: defaultACMEBits, EABMacAlg: "HS256"}
	p.other = a
	p.spec.ACME = append(p.spec.ACME, a)
}

func (a *ACME) fault(p *Parser, l *Line, text string) {
	p.alertTight(l.Pos, "keyword '%s' in 'acme' section %s", l.Words[0], text)
}

// need reports a missing argument.
func (a *ACME) need(p *Parser, l *Line, what string) bool {
	if len(l.Words) < 2 {
		a.fault(p, l, "requires "+what)
	}
	return len(l.Words) >= 2
}

func acmeText(name, arg, doc, missing string, field func(*ACME) *string) Keyword {
	return Keyword{Name: name, In: InACME, Max: 1, Since: "3.2", Syntax: name + " " + arg, Doc: doc, Parse: of(func(p *Parser, l *Line, a *ACME) {
		if a.need(p, l, missing) {
			*field(a) = l.Words[1]
		}
	})}
}

func acmeDelay(name, doc string, field func(*ACME) *time.Duration) Keyword {
	return Keyword{Name: name, In: InACME, Max: 1, Since: "3.3", Syntax: name + " <time>", Doc: doc, Parse: of(func(p *Parser, l *Line, a *ACME) {
		if !a.need(p, l, "an argument") {
			return
		}
		d, err := p.delay(l.Words[1], time.Second)
		switch {
		case err == errTimerOverflow:
			p.alertTight(l.Pos, "timer overflow in argument <%s> to '%s'", clip(l.Words[1]), name)
		case err != nil:
			p.alertTight(l.Pos, "%s in argument to '%s'", err, name)
		default:
			*field(a) = d
		}
	})}
}

// acmeChoice takes one of some words.
func acmeChoice(p *Parser, l *Line, v *string, equal func(a, b string) bool, words ...string) {
	for _, w := range words {
		if equal(w, l.Arg(1)) {
			*v = w
			return
		}
	}
	p.alertTight(l.Pos, "keyword '%s' in 'acme' must be one of the following: %s", l.Words[0], strings.Join(words, ", "))
}

func parseACMEBits(p *Parser, l *Line, a *ACME) {
	if !a.need(p, l, "an argument") {
		return
	}
	n, ok := parseInt(l.Words[1], 0, maxInt)
	if !ok {
		p.Alert(l.Pos, "cannot parse 'bits' value '%s', an integer is expected.", clip(l.Words[1]))
		return
	}
	a.Bits = n
}

// namedCurves are those that certificates may have (FIPS 186-5).
var namedCurves = []string{"P-256", "P-384", "P-521"}

func parseACMECurves(p *Parser, l *Line, a *ACME) {
	switch {
	case !a.need(p, l, "an argument"):
	case !slices.Contains(namedCurves, l.Words[1]):
		p.alertTight(l.Pos, "unsupported curves '%s'", clip(l.Words[1]))
	default:
		a.Curves = l.Words[1]
	}
}

const withHTTP = "keyword '%s' in 'acme' section, \"http-01\" is not compatible with the \"challenge-ready\" option"

func parseChallengeReady(p *Parser, l *Line, a *ACME) {
	if !a.need(p, l, "an argument") {
		return
	}
	words := strings.Split(l.Words[1], ",")
	for _, w := range words {
		if !slices.Contains([]string{"cli", "dns", "delay", "none"}, w) {
			a.fault(p, l, "requires parameter separated by commas: 'cli', 'dns' or 'none'")
			return
		}
	}
	switch {
	case len(words) > 1 && slices.Contains(words, "none"):
		p.alertTight(l.Pos, "keyword 'challenge-ready' in 'acme' can't combine 'none' with other keywords.")
	case a.Challenge == "http-01":
		p.alertTight(l.Pos, withHTTP, "challenge-ready")
	default:
		a.ChallengeReady = words
	}
}

func (a *ACME) check(c *checker) {
	if a.Directory == "" {
		c.alert(a.Pos, "config : acme: No directory defined in ACME section '%s'.", a.Name)
	}
	if (a.EABKeyID == "") != (a.EABMacKey == "") {
		c.alert(a.Pos, "config : acme: section '%s': EAB MAC key and key id are mutually dependent, specify both or neither.", a.Name)
	}
}

func (a *ACME) write(t *textWriter) {
	t.section("acme", a.Name)
	t.text("directory", a.Directory)
	t.text("account-key", a.AccountKey)
	t.text("contact", a.Contact)
	if a.Challenge != "http-01" {
		t.line("challenge", a.Challenge)
	}
	t.text("challenge-ready", strings.Join(a.ChallengeReady, ","))
	t.delay("dns-delay", a.DNSDelay, defaultDNSDelay)
	t.delay("dns-timeout", a.DNSTimeout, defaultDNSTimeout)
	t.text("keytype", a.KeyType)
	if a.Bits != defaultACMEBits {
		t.line("bits", strconv.Itoa(a.Bits))
	}
	t.text("curves", a.Curves)
	t.text("map", a.Map)
	t.text("profile", a.Profile)
	t.text("provider-name", a.ProviderName)
	t.text("acme-vars", a.Vars)
	if a.ReuseKey {
		t.line("reuse-key", "on")
	}
	t.text("eab-key-id", a.EABKeyID)
	t.text("eab-mac-key", a.EABMacKey)
	if a.EABMacAlg != "HS256" {
		t.line("eab-mac-alg", a.EABMacAlg)
	}
}
