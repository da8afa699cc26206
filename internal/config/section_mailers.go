package config

import "time"

// Mailers is a mailers section (manual 12.3).
type Mailers struct {
	SectionHead
	Mailers []*Mailer
	Timeout time.Duration // 10 s when not set
}

// Mailer is a "mailer" line.
type Mailer struct {
	Pos     Pos
	Name    string
	Address Address
}

const defaultMailTimeout = 10 * time.Second

var mailersRows = Table{
	{Name: "mailer", In: InMailers, Max: 2, Since: "1.6", Syntax: "mailer <name> <ip>:<port>",
		Doc: "Declares a mail server.", Parse: of(parseMailer)},
	{Name: "timeout", In: InMailers, Max: -1, Group: true, Parse: of(func(p *Parser, l *Line, _ *Mailers) {
		p.timeoutName(l, "'mail'")
	})},
	{Name: "timeout mail", In: InMailers, Max: 1, Since: "1.6", Syntax: "timeout mail <time>",
		Doc: "Limits how long sending a mail may take.", Parse: of(func(p *Parser, l *Line, m *Mailers) {
			p.sectionTimeout(l, &m.Timeout)
		})},
}

func openMailers(p *Parser, l *Line) {
	h, ok := p.openNamed(l, InMailers, FormParsing, "missing name for mailers section.")
	if !ok {
		return
	}
	if old, taken := p.taken(l, h.Name); taken {
		p.same(l, FormConfig, "Parsing [%s]: mailers section '%s' has the same name as another mailers section declared at %s.", l.Pos, h.Name, old)
		return
	}
	m := &Mailers{SectionHead: h, Timeout: defaultMailTimeout}
	p.other = m
	p.spec.Mailers = append(p.spec.Mailers, m)
}

func parseMailer(p *Parser, l *Line, m *Mailers) {
	if len(l.Words) < 3 {
		p.Alert(l.Pos, "'mailer' expects <name> and <addr>[:<port>] as arguments.")
		return
	}
	a, err := p.address(l.Words[2], AddressUse{PortNeeded: true})
	switch {
	case err != nil:
		p.Alert(l.Pos, "'mailer %s' : %s", clip(l.Words[1]), err)
	case !a.IsIP():
		p.Alert(l.Pos, "'mailer %s' : TCP not supported for this address family.", clip(l.Words[1]))
	default:
		m.Mailers = append(m.Mailers, &Mailer{Pos: l.Pos, Name: l.Words[1], Address: a})
	}
}

func (m *Mailers) check(c *checker) {
	if len(m.Mailers) == 0 {
		c.warn(m.Pos, "Removing incomplete section 'mailers %s'.", m.Name)
	}
}

func (m *Mailers) write(t *textWriter) {
	t.section("mailers", m.Name)
	t.delay("timeout mail", m.Timeout, defaultMailTimeout)
	for _, x := range m.Mailers {
		t.line("mailer", x.Name, x.Address.String())
	}
}
