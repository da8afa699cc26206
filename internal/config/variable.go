package config

// VarMemory are the limits of tune.vars.* in bytes, 0: none (manual 3.2).
type VarMemory struct {
	Check, Global, Proc, ReqRes, Sess, Txn int64
}

var variableRows = Table{
	varSize("tune.vars.check-max-size", "Limits the memory of the variables of a health check.", func(m *VarMemory) *int64 { return &m.Check }),
	varSize("tune.vars.global-max-size", "Limits the memory of all variables together.", func(m *VarMemory) *int64 { return &m.Global }),
	varSize("tune.vars.proc-max-size", "Limits the memory of the variables of the process, those of its sessions included.", func(m *VarMemory) *int64 { return &m.Proc }),
	varSize("tune.vars.reqres-max-size", "Limits the memory of the variables of a request or a response.", func(m *VarMemory) *int64 { return &m.ReqRes }),
	varSize("tune.vars.sess-max-size", "Limits the memory of the variables of a session, those of its transactions included.", func(m *VarMemory) *int64 { return &m.Sess }),
	varSize("tune.vars.txn-max-size", "Limits the memory of the variables of a transaction, those of its request and response included.", func(m *VarMemory) *int64 { return &m.Txn }),
}

func varSize(name, doc string, field func(*VarMemory) *int64) Keyword {
	return Keyword{Name: name, In: InGlobal, Max: 1, Syntax: name + " <size>", Doc: doc, Parse: func(p *Parser, l *Line) {
		n, rest := parseSize(l.Arg(1))
		if rest != "" || l.Arg(1) == "" {
			p.Alert(l.Pos, "%s: '%s' is an invalid size", name, clip(l.Arg(1)))
			return
		}
		*field(&p.spec.Global.Tune.Vars) = n
	}}
}

func (t *textWriter) variables(g *Global) {
	m := g.Tune.Vars
	for _, r := range []struct {
		name string
		n    int64
	}{{"check", m.Check}, {"global", m.Global}, {"proc", m.Proc}, {"reqres", m.ReqRes}, {"sess", m.Sess}, {"txn", m.Txn}} {
		t.number("tune.vars."+r.name+"-max-size", int(r.n), 0)
	}
	for _, v := range g.Vars {
		t.line(v.Words...)
	}
}

// SetVar keeps a "set-var" or "set-var-fmt" of the global section.
func (p *Parser) SetVar(l *Line, program any) {
	p.spec.Global.Vars = append(p.spec.Global.Vars, &Directive{Pos: l.Pos, Words: l.Words, Program: program})
}
