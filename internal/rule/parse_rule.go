package rule

import (
	"errors"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// tight reports an alert in the form without a blank before the colon.
func tight(p *config.Parser, level config.Level, pos config.Pos, text string) {
	p.Diagnostics().Add(config.Diagnostic{Level: level, Form: config.FormTight, Pos: pos, Text: text})
}

// http parses a rule of http-request, http-response or http-after-response.
func (t *table) http(set ruleset) func(*config.Parser, *config.Line) {
	return func(p *config.Parser, l *config.Line) {
		px, word := p.Proxy(), l.Arg(1)
		if n := len(px.Rules[set.String()]); n > 0 {
			if r, ok := px.Rules[set.String()][n-1].Program.(*Rule); ok && r.Final && r.Cond == nil {
				tight(p, config.Warning, l.Pos, "previous '"+set.String()+"' action is final and has no condition attached, further entries are NOOP.")
			}
		}
		row := findAction(set, word)
		if row == nil {
			missing := ""
			if word == "" {
				missing = " (missing argument)"
			}
			tight(p, config.Alert, l.Pos, "'"+set.String()+"' expects "+expected(set)+", but got '"+word+"'"+missing+"."+suggest(set, word))
			return
		}
		if row.Experimental && !p.Global().ExposeExperimental {
			p.Alert(l.Pos, "'%s' action is experimental, must be allowed via a global 'expose-experimental-directives'", word)
			return
		}
		name := set.String() + " " + word
		k := &actionParser{Compiler: t.compiler(p, l), set: set, place: set.place(px.Kind), kind: px.Kind, title: px.Name, word: word, proxy: px}
		act, rest, err := runParse(row, k, l.Words[2:])
		if err != nil {
			p.Alert(l.Pos, "error detected in %s while parsing '%s' rule : %v.", px.Title(), name, err)
			return
		}
		r := &Rule{Pos: l.Pos, Name: name, Words: l.Words, Action: act, Final: row.Final, mentions: &k.mentions}
		if len(rest) > 0 {
			if !isCond(rest) {
				tight(p, config.Alert, l.Pos, "'"+name+"' expects either 'if' or 'unless' followed by a condition but found '"+rest[0]+"'.")
				return
			}
			if r.Cond, err = k.Cond(rest); err != nil {
				p.Alert(l.Pos, "error detected while parsing an '%s' condition : %v.", name, err)
				return
			}
			warnCond(p, l, r.Cond, k.place)
		}
		add(p, l, set, 1, r)
	}
}

var errNotBuilt = errors.New("this action is known but not built yet")

func runParse(row *ActionRow, k *actionParser, words []string) (Action, []string, error) {
	if row.parse == nil {
		return nil, nil, errNotBuilt
	}
	return row.parse(k, words)
}

// add appends a compiled rule to its set and says when its place in the file
// misleads about its turn. skip is the number of words of the set's keyword.
func add(p *config.Parser, l *config.Line, set ruleset, skip int, program any) {
	px := p.Proxy()
	last := useBackend // of the request
	if set == tcpResponse {
		last = httpResponse
	}
	for later := set + 1; later <= last; later++ {
		if len(px.Rules[later.String()]) == 0 {
			continue
		}
		article := "a"
		if later == httpRequest || later == httpResponse {
			article = "an"
		}
		p.Warn(l.Pos, "a '%s' rule placed after %s '%s' rule will still be processed before.", set, article, later)
		break
	}
	px.AddRule(set.String(), &config.Directive{Pos: l.Pos, Words: l.Words[skip:], Program: program})
}

// warnCond warns about tests that cannot work where the condition stands. The
// quote that opens the text is never closed on its line, as in the reference.
func warnCond(p *config.Parser, l *config.Line, c *Cond, place sample.Place) {
	if m := c.check(place); m != nil {
		p.Warn(l.Pos, "'%s.", m.text(place, ""))
	}
}

func (t *table) redirect(p *config.Parser, l *config.Line) {
	px := p.Proxy()
	n := 1
	for n < len(l.Words) && !isCond(l.Words[n:]) {
		n++
	}
	k := &actionParser{Compiler: t.compiler(p, l), set: redirects, place: redirects.place(px.Kind), word: "redirect"}
	d, err := k.redirect(l.Words[1:n], false)
	r := &Rule{Pos: l.Pos, Name: "redirect", Words: l.Words, Action: d, Final: true, mentions: &k.mentions}
	if err == nil && n < len(l.Words) {
		if r.Cond, err = k.Cond(l.Words[n:]); err != nil {
			err = errors.New("error in condition: " + err.Error())
		}
	}
	if err != nil {
		p.Alert(l.Pos, "error detected in %s while parsing redirect rule : %v.", px.Title(), err)
		return
	}
	if r.Cond != nil {
		warnCond(p, l, r.Cond, k.place)
	}
	add(p, l, redirects, 1, r)
}

// tcp parses a rule of tcp-request connection or content.
func (t *table) tcp(set ruleset) func(*config.Parser, *config.Line) {
	return func(p *config.Parser, l *config.Line) {
		px, word := p.Proxy(), l.Arg(2)
		row := findAction(set, word)
		if word == "capture" && row == nil {
			p.Alert(l.Pos, "'capture %s' is not allowed in '%s' rules in %s", l.Arg(3), set, px.Title())
			return
		}
		if row == nil {
			p.Alert(l.Pos, "'%s' expects %s in %s (got '%s').%s", set, expected(set), px.Title(), word, suggest(set, word))
			return
		}
		name := set.String() + " " + word
		k := &actionParser{Compiler: t.compiler(p, l), set: set, place: set.place(px.Kind), kind: px.Kind, title: px.Name, word: word, proxy: px}
		act, rest, err := runParse(row, k, l.Words[3:])
		if got, ok := err.(errLayer); ok {
			p.Alert(l.Pos, "'%s' %v in %s (got '%s')", name, err, px.Title(), string(got))
			return
		}
		if _, ok := err.(exprError); ok {
			p.Alert(l.Pos, "%v", err)
			return
		}
		if err != nil {
			p.Alert(l.Pos, "'%s' : %v in %s", name, err, px.Title())
			return
		}
		r := &Rule{Pos: l.Pos, Name: name, Words: l.Words, Action: act, Final: row.Final, mentions: &k.mentions}
		if len(rest) > 0 {
			if !isCond(rest) {
				p.Alert(l.Pos, "'%s' only accepts 'if' or 'unless', in %s (got '%s')", name, px.Title(), rest[0])
				return
			}
			if r.Cond, err = k.Cond(rest); err != nil {
				p.Alert(l.Pos, "'%s' : error detected in %s while parsing '%s' condition : %v", name, px.Title(), rest[0], err)
				return
			}
			if m := r.Cond.check(k.place); m != nil {
				p.Warn(l.Pos, "%s", m.text(k.place, set.String()))
			}
		}
		add(p, l, set, 2, r)
	}
}

func (t *table) useBackend(p *config.Parser, l *config.Line) {
	px := p.Proxy()
	if len(l.Words) < 2 {
		p.Alert(l.Pos, "'use_backend' expects a backend name.")
		return
	}
	k := t.compiler(p, l)
	place := useBackend.place(px.Kind)
	r := &Case{Pos: l.Pos, Words: l.Words, Name: l.Words[1], Index: -1, mentions: &k.mentions}
	if rest := l.Words[2:]; len(rest) > 0 {
		if !isCond(rest) {
			p.Alert(l.Pos, "unexpected keyword '%s' after switching rule, only 'if' and 'unless' are allowed.", rest[0])
			return
		}
		var err error
		if r.Cond, err = k.Cond(rest); err != nil {
			p.Alert(l.Pos, "error detected while parsing switching rule : %v.", err)
			return
		}
		warnCond(p, l, r.Cond, place)
	}
	f, err := sample.ParseFormat(l.Words[1], sample.TextStyle, place, k.scope())
	if err != nil {
		p.Diagnostics().Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: l.Pos,
			Text: "Parsing [" + l.Pos.String() + "]: failed to parse use_backend rule '" + l.Words[1] + "' : " + err.Error() + "."})
		return
	}
	if name, ok := f.Literal(); ok {
		r.Name = string(name)
	} else {
		r.Name, r.Dynamic = "", f
	}
	add(p, l, useBackend, 1, r)
}
