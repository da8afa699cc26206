package config

import "strings"

// maxNestedIf is how deep ".if" may not be nested any more.
const maxNestedIf = 100

type condState uint8

const (
	condTaken condState = iota // its lines are read
	condOpen                   // not taken; an .elif or .else may be
	condDone                   // not taken, and no later branch will be
)

type condLevel struct {
	state  condState
	inElse bool
}

type condStack []condLevel

func (s condStack) active() bool { return len(s) == 0 || s[len(s)-1].state == condTaken }

// directive handles a line beginning with a dot (manual 2.4). words are raw:
// empty ones are allowed.
func (p *Parser) directive(words []string) {
	top := len(p.conds) - 1
	switch words[0] {
	case ".if":
		if len(p.conds) >= maxNestedIf-1 {
			p.giveUp("too many nested '.if', max is %d.", maxNestedIf)
			return
		}
		state := condDone
		if p.conds.active() {
			state = condOpen
			if p.condition(words) {
				state = condTaken
			}
		}
		p.conds = append(p.conds, condLevel{state: state})
	case ".elif":
		switch {
		case top < 0:
			p.giveUp("lone '.elif' with no matching '.if'.")
		case p.conds[top].inElse:
			p.giveUp("'.elif' after '.else' is not permitted.")
		case p.conds[top].state == condOpen:
			if p.condition(words) {
				p.conds[top].state = condTaken
			}
		default:
			p.conds[top].state = condDone
		}
	case ".else":
		switch {
		case len(words) > 1:
			p.surplus(words)
		case top < 0:
			p.giveUp("lone '.else' with no matching '.if'.")
		case p.conds[top].inElse:
			p.giveUp("'.else' after '.else' is not permitted.")
		default:
			p.conds[top].inElse = true
			if p.conds[top].state == condOpen {
				p.conds[top].state = condTaken
			} else {
				p.conds[top].state = condDone
			}
		}
	case ".endif":
		switch {
		case len(words) > 1:
			p.surplus(words)
		case top < 0:
			p.giveUp("lone '.endif' with no matching '.if'.")
		default:
			p.conds = p.conds[:top]
		}
	case ".notice", ".warning", ".alert", ".diag":
		if !p.conds.active() || p.discovery {
			return
		}
		if len(words) > 2 {
			p.alertTight(p.pos, "Unexpected argument '%s' for '%s'. Use quotes if the message should contain spaces.", clip(words[2]), words[0])
			return
		}
		text := ""
		if len(words) > 1 {
			text = words[1]
		}
		level := map[string]Level{".notice": Notice, ".warning": Warning, ".alert": Alert, ".diag": Diag}[words[0]]
		p.report(Diagnostic{Level: level, Form: FormTight, Pos: p.pos, Text: "'" + bounded(text) + "'."})
		p.stopped = level == Alert
		p.diag.Aborted = p.diag.Aborted || p.stopped
	default:
		if p.conds.active() && !p.discovery { // the whole parse will say so
			p.alertTight(p.pos, "unknown directive '%s'.", clip(words[0]))
			p.stopped = true
		}
	}
}

func (p *Parser) surplus(words []string) {
	p.giveUp("Unexpected argument '%s' for '%s'.", clip(words[1]), words[0])
	if len(p.conds) > 0 {
		p.alertTight(p.pos, "non-terminated '.if' block.")
	}
}

// giveUp reports an error of a directive. Which of the lines that follow are
// meant cannot be known, so nothing more is read.
func (p *Parser) giveUp(format string, args ...any) {
	p.alertTight(p.pos, format, args...)
	p.stopped, p.diag.Aborted = true, true
}

// condition evaluates the words after a directive as one expression.
func (p *Parser) condition(words []string) bool {
	expr := strings.Join(words[1:], " ")
	v, err := evalCondition(expr, p.env.Lookup, p.opts.Facts)
	if err != nil {
		p.giveUp("%s in '%s' at position %d:%s", err.text, words[0], err.at+1,
			excerpt([]byte(words[0]+" "+expr), len(words[0])+1+err.at))
	}
	return v
}
