package config

import "strings"

// hardeningRows say what the process may still do once it serves.
var hardeningRows = Table{
	{Name: "setcap", In: InGlobal, Max: 1, Syntax: "setcap <name>[,<name>...]", Since: "2.9", Doc: "Keeps capabilities when the user changes.", Parse: parseSetcap},
	{Name: "set-dumpable", In: InGlobal, Max: 1, No: true, Syntax: "set-dumpable [ on | off | libs ]", Since: "1.9", Doc: "Allows core dumps after the user changed.",
		Parse: func(p *Parser, l *Line) {
			switch v := l.Arg(1); {
			case l.No:
				p.spec.Global.Dumpable = ""
			case v == "" || v == "on" || v == "libs":
				p.spec.Global.Dumpable = "on"
				if v == "libs" { // a static program depends on no libraries
					p.spec.Global.Dumpable = "libs"
				}
			case v == "off":
				p.spec.Global.Dumpable = ""
			default:
				p.Alert(l.Pos, "'set-dumpable' only supports 'on' and 'off' as an argument, found '%s'.", clip(v))
			}
		}},
	{Name: "insecure-fork-wanted", In: InGlobal, No: true, Since: "2.1", Doc: "Allows the worker to start processes.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.InsecureFork = !l.No }},
	{Name: "insecure-setuid-wanted", In: InGlobal, No: true, Since: "2.1", Doc: "Lets what the worker starts gain privileges by its file.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.InsecureSetuid = !l.No }},
	{Name: "harden.reject-privileged-ports.tcp", In: InGlobal, Max: 1, Syntax: "harden.reject-privileged-ports.tcp { on | off }",
		Doc: "Refuses TCP clients whose port is below 1024.", Parse: func(p *Parser, l *Line) {
			choice(p, l, "'harden.reject-privileged-ports.tcp' expects either 'on' or 'off'.", func(w string) { p.spec.Global.RejectPrivileged = w == "on" }, "on", "off")
		}},
}

// Capabilities are those that "setcap" can keep, with their numbers.
var Capabilities = []struct {
	Name string
	Bit  uint
}{{"cap_net_raw", 13}, {"cap_net_admin", 12}, {"cap_net_bind_service", 10}, {"cap_sys_admin", 21}}

func parseSetcap(p *Parser, l *Line) {
	const known = "Supported ones are: cap_net_raw, cap_net_admin, cap_net_bind_service and cap_sys_admin."
	if l.Arg(1) == "" {
		p.Alert(l.Pos, "'setcap' : missing capability name(s).  %s", known)
		return
	}
	var bits uint64
next:
	for name := range strings.SplitSeq(l.Words[1], ",") {
		for _, c := range Capabilities {
			if c.Name == name {
				bits |= 1 << c.Bit
				continue next
			}
		}
		p.Alert(l.Pos, "'setcap' : unsupported capability '%s'.  %s", clip(name), known)
		return
	}
	p.spec.Global.SetCap |= bits
}

// choice reads an argument that is one of words.
func choice(p *Parser, l *Line, wrong string, set func(string), words ...string) {
	for _, w := range words {
		if l.Arg(1) == w {
			set(w)
			return
		}
	}
	wrong = strings.Replace(wrong, "%s", clip(l.Arg(1)), 1)
	p.Alert(l.Pos, "%s", wrong)
}

func (t *textWriter) hardening(g *Global) {
	var caps []string
	for _, c := range Capabilities {
		if g.SetCap>>c.Bit&1 != 0 {
			caps = append(caps, c.Name)
		}
	}
	t.text("setcap", strings.Join(caps, ","))
	t.text("set-dumpable", g.Dumpable)
	t.flag("insecure-fork-wanted", g.InsecureFork)
	t.flag("insecure-setuid-wanted", g.InsecureSetuid)
	if g.RejectPrivileged {
		t.line("harden.reject-privileged-ports.tcp", "on")
	}
}
