package rule

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// A Test is a compiled rule that is nothing but a condition: force-persist,
// ignore-persist, monitor fail (manual 4.2).
type Test struct {
	Cond  *Cond
	Pos   config.Pos
	Words []string // the line
}

// Tests are those of a proxy in their order.
type Tests []*Test

// CollectTests gives the compiled rules of a keyword.
func CollectTests(p *config.Proxy, keyword string) (list Tests) {
	for _, d := range p.RulesOf(keyword) {
		if t, ok := d.Program.(*Test); ok {
			if t.Cond != nil {
				t.Cond.settle()
			}
			list = append(list, t)
		}
	}
	return list
}

// Hold says whether the condition of any does.
func (t Tests) Hold(c *sample.Ctx) bool {
	for _, x := range t {
		if c.Why != nil {
			line(c, x.Pos, x.Words)
		}
		yes := x.Cond == nil || x.Cond.True(c)
		if c.Why != nil {
			c.Why.Close(answerNames[answerOf(yes)])
		}
		if yes {
			return true
		}
	}
	return false
}

// CollectUseServer gives the compiled use-server rules of a backend: the names are
// those of servers.
func CollectUseServer(p *config.Proxy) Switch { return collectCases(p, "use-server") }

// persistRows are the rules about staying with a server.
func (t *table) persistRows() config.Table {
	return config.Table{
		{Name: "force-persist", In: config.InBackends, Max: -1, Parse: t.test("force-persist", sample.BeServer), Syntax: "force-persist { if | unless } <condition> ...",
			Doc: "Keeps clients with a server that is down under a condition."},
		{Name: "force-be-switch", In: config.InFrontends, Max: -1, Parse: t.forceSwitch, Syntax: "force-be-switch { if | unless } <condition> ...", Since: "3.4",
			Doc: "Lets rules choose a backend that is out of service."},
		{Name: "ignore-persist", In: config.InBackends, Max: -1, Parse: t.test("ignore-persist", sample.BeServer), Syntax: "ignore-persist { if | unless } <condition> ...",
			Doc: "Takes any server under a condition."},
		{Name: "monitor fail", In: config.InFrontends, Max: -1, Parse: t.test("monitor fail", sample.FeReqHead), Syntax: "monitor fail { if | unless } <condition> ...",
			Doc: "Makes monitor-uri report a failure under a condition."},
		{Name: "use-server", In: config.InBackends, Max: -1, Parse: t.useServer, Syntax: "use-server <server> { if | unless } <condition> ...",
			Doc: "Chooses the server under a condition."},
	}
}

// test parses a rule without an action.
func (t *table) test(keyword string, place sample.Place) func(*config.Parser, *config.Line) {
	return func(p *config.Parser, l *config.Line) {
		words, kind := l.Words[1:], "rule"
		if keyword == "monitor fail" {
			words, kind = l.Words[2:], "condition"
		}
		if needsCond(words) {
			p.Alert(l.Pos, "'%s' requires either 'if' or 'unless' followed by a condition.", keyword)
			return
		}
		cond, err := t.compiler(p, l).Cond(words)
		if err != nil {
			p.Alert(l.Pos, "error detected while parsing a '%s' %s : %v.", keyword, kind, err)
			return
		}
		warnCond(p, l, cond, place)
		p.Proxy().AddRule(keyword, &config.Directive{Pos: l.Pos, Words: words, Program: &Test{cond, l.Pos, l.Words}})
	}
}

func (t *table) useServer(p *config.Parser, l *config.Line) {
	switch {
	case len(l.Words) < 2 || l.Words[1] == "":
		p.Alert(l.Pos, "'use-server' expects a server name.")
		return
	case needsCond(l.Words[2:]):
		p.Alert(l.Pos, "'use-server' requires either 'if' or 'unless' followed by a condition.")
		return
	}
	k := t.compiler(p, l)
	r := &Case{Pos: l.Pos, Words: l.Words, Name: l.Words[1], Index: -1}
	var err error
	if r.Cond, err = k.Cond(l.Words[2:]); err != nil {
		p.Alert(l.Pos, "error detected while parsing switching rule : %v.", err)
		return
	}
	warnCond(p, l, r.Cond, sample.BeServer)
	f, err := sample.ParseFormat(l.Words[1], sample.TextStyle, sample.BeServer, k.scope())
	if err != nil {
		p.Diagnostics().Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: l.Pos,
			Text: "Parsing [" + l.Pos.String() + "]; use-server rule failed to parse log-format '" + l.Words[1] + "' : " + err.Error() + "."})
		return
	}
	if name, ok := f.Literal(); ok {
		r.Name = string(name)
	} else {
		r.Name, r.Dynamic = "", f
	}
	p.Proxy().AddRule("use-server", &config.Directive{Pos: l.Pos, Words: l.Words[1:], Program: r})
}
