package config

import (
	"slices"
	"strconv"
	"strings"
)

// CrtStore is a crt-store section (manual 12.7).
type CrtStore struct {
	SectionHead
	CrtBase string
	KeyBase string
	Loads   []*CrtLoad
}

// CrtLoad is a "load" line: a certificate and what belongs to it. The files are
// not read here.
type CrtLoad struct {
	Pos      Pos
	Settings []CrtSetting // in the order of crtLoadOptions, only what is given
}

// CrtSetting is an option of a load line with its value.
type CrtSetting struct{ Name, Value string }

// Get returns the value of an option, "" when it is not given.
func (c *CrtLoad) Get(name string) string {
	for _, s := range c.Settings {
		if s.Name == name {
			return s.Value
		}
	}
	return ""
}

// crtLoadOption is a word of a load line (manual 12.7.1), which has one argument.
type crtLoadOption struct {
	name, doc string
	oneOf     []string // nil: any text
	fault     string   // the message for another value
}

var onOff = []string{"on", "off"}

var crtLoadOptions = []crtLoadOption{
	{name: "crt", doc: "Names the file of the certificate."},
	{name: "key", doc: "Names the file of the private key."},
	{name: "ocsp", doc: "Names the file of an OCSP response."},
	{name: "issuer", doc: "Names the file of the issuer's certificate."},
	{name: "sctl", doc: "Names the file of a list of certificate timestamps."},
	{name: "alias", doc: "Gives the certificate a name."},
	{name: "ocsp-update", doc: "Updates the OCSP response automatically.", oneOf: onOff},
	{name: "acme", doc: "Names the acme section that obtains the certificate."},
	{name: "domains", doc: "Lists the domains of a certificate to obtain."},
	{name: "ips", doc: "Lists the addresses of a certificate to obtain."},
	{name: "jwt", doc: "Allows the certificate for JSON web tokens.", oneOf: onOff},
	{name: "generate-dummy", doc: "Makes a certificate when the file is missing.", oneOf: onOff},
	{name: "keytype", doc: "Sets the type of a key to make.", oneOf: []string{"RSA", "ECDSA"}, fault: "keyword 'keytype' requires either 'RSA' or 'ECDSA'."},
	{name: "bits", doc: "Sets the size of an RSA key to make."},
	{name: "curves", doc: "Sets the curves of an ECDSA key to make.", oneOf: namedCurves, fault: "unsupported curves '%s'."},
}

var crtStoreRows = Table{
	{Name: "crt-base", In: InCrtStore, Max: 1, Since: "3.0", Syntax: "crt-base <dir>",
		Doc: "Sets the folder of certificates without an absolute path.", Parse: of(func(p *Parser, l *Line, s *CrtStore) {
			s.base(p, l, &s.CrtBase)
		})},
	{Name: "key-base", In: InCrtStore, Max: 1, Since: "3.0", Syntax: "key-base <dir>",
		Doc: "Sets the folder of private keys without an absolute path.", Parse: of(func(p *Parser, l *Line, s *CrtStore) {
			s.base(p, l, &s.KeyBase)
		})},
	{Name: "load", In: InCrtStore, Max: -1, Since: "3.0", Syntax: "load crt <filename> [param*]",
		Doc: "Loads a certificate with its key and what belongs to it.", Parse: of(parseCrtLoad)},
}

func openCrtStore(p *Parser, l *Line) {
	p.skipSection("crt-store")
	switch {
	case p.discovery:
	case len(l.Words) > 2:
		p.Alert(l.Pos, "'crt-store' section only supports a <name> argument.")
	default:
		s := &CrtStore{SectionHead: SectionHead{l.Pos, l.Arg(1)}}
		p.enter(InCrtStore, "crt-store", def(s.Name, "crt-store"))
		p.other = s
		p.spec.CrtStores = append(p.spec.CrtStores, s)
	}
}

func (s *CrtStore) base(p *Parser, l *Line, v *string) {
	if len(l.Words) < 2 {
		p.Alert(l.Pos, "'%s' requires a <path> argument.", l.Words[0])
		return
	}
	*v = l.Words[1]
}

func parseCrtLoad(p *Parser, l *Line, s *CrtStore) {
	given := make(map[string]string)
	for i := 1; i < len(l.Words); i += 2 {
		name, value := l.Words[i], l.Arg(i+1)
		k := slices.IndexFunc(crtLoadOptions, func(o crtLoadOption) bool { return o.name == name })
		if k < 0 {
			hint := "."
			if near := suggest(name, crtLoadNames); near != "" {
				hint = "; did you mean '" + near + "' maybe ?"
			}
			p.Alert(l.Pos, "'load %s' in section 'crt-store': unknown keyword '%s'%s", clip(name), clip(name), hint)
			return
		}
		if text := crtLoadOptions[k].refuse(value); text != "" {
			p.Alert(l.Pos, "%s", text)
			return
		}
		given[name] = value
	}
	c := &CrtLoad{Pos: l.Pos}
	for _, o := range crtLoadOptions {
		if v := given[o.name]; v != "" {
			c.Settings = append(c.Settings, CrtSetting{o.name, v})
		}
	}
	if given["generate-dummy"] != "on" && given["keytype"]+given["bits"]+given["curves"] != "" {
		p.Alert(l.Pos, "keyword 'keytype', 'bits' and 'curves' require 'generate-dummy' set to 'on'")
		return
	}
	if given["crt"] == "" {
		p.Alert(l.Pos, "'load' in section 'crt-store': mandatory 'crt' parameter not found.")
		return
	}
	for _, name := range []string{given["crt"], given["alias"]} {
		if name == given["alias"] && name != "" {
			name = "@" + s.Name + "/" + name
		}
		if _, again := p.again(l, s.Name+" "+name); again && name != "" {
			p.Alert(l.Pos, "'load' in section 'crt-store': store '%s' was already defined.", clip(name))
			return
		}
	}
	s.Loads = append(s.Loads, c)
}

// refuse says what is wrong with a value; "" when nothing is.
func (o *crtLoadOption) refuse(value string) string {
	switch {
	case o.name == "bits":
		if _, err := strconv.Atoi(value); err != nil {
			return "cannot parse 'bits' value '" + clip(value) + "', an integer is expected."
		}
	case o.oneOf != nil && !slices.Contains(o.oneOf, value):
		if o.fault != "" {
			return strings.Replace(o.fault, "%s", clip(value), 1)
		}
		return "cannot parse '" + o.name + "' value '" + clip(value) + "', 'on' or 'off' is expected."
	case value == "":
		return "'load " + o.name + "' in section 'crt-store': '" + o.name + "' expects an argument."
	}
	return ""
}

func crtLoadNames(yield func(string) bool) {
	for _, o := range crtLoadOptions {
		if !yield(o.name) {
			return
		}
	}
}

func (s *CrtStore) check(c *checker) {
	for _, load := range s.Loads {
		if name := load.Get("acme"); name != "" && !c.acme[name] {
			c.alert(load.Pos, "acme '%s' was used on a crt line [%s], but no '%s' section exists!", clip(name), load.Pos, clip(name))
		}
	}
}

func (s *CrtStore) write(t *textWriter) {
	head := []string{"crt-store"}
	if s.Name != "" {
		head = append(head, s.Name)
	}
	t.section(head...)
	t.text("crt-base", s.CrtBase)
	t.text("key-base", s.KeyBase)
	for _, load := range s.Loads {
		w := []string{"load"}
		for _, x := range load.Settings {
			w = append(w, x.Name, x.Value)
		}
		t.line(w...)
	}
}
