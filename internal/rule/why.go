package rule

import (
	"strconv"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/explain"
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// What follows tells the record of an explanation, if there is one, what was
// evaluated and what came of it. It decides nothing.

// line opens the node of a line of the configuration.
func line(c *sample.Ctx, pos config.Pos, words []string) {
	c.Why.Open(explain.Rule, pos.File, pos.Line, config.JoinWords(words))
}

// ended closes the node of a rule that decided v.
func (r *Rule) ended(c *sample.Ctx, v Verdict, res *Result) {
	said := "done"
	switch v {
	case Continue:
	case Wait:
		said = "wait"
		if res.Pause > 0 {
			said = "wait " + strconv.FormatInt(res.Pause/1e6, 10) + " ms"
		}
	default:
		said = v.String()
		if (v == Respond || v == Deny || v == Tarpit) && res.Reply != nil {
			said += " " + strconv.Itoa(res.Reply.Status)
		}
	}
	c.Why.Close(said)
}

// do is the action, with a record of what it changes.
func (r *Rule) do(c *sample.Ctx, res *Result) Verdict {
	if c.Why == nil {
		return r.Action.Do(c, res)
	}
	before := headOf(c)
	v := r.Action.Do(c, res)
	c.Why.Changes(before, headOf(c))
	r.ended(c, v, res)
	return v
}

// headOf is the head of the message that rules work on, as it would be sent now.
func headOf(c *sample.Ctx) string {
	h := c.Req
	if c.Response {
		h = c.Res
	}
	if h == nil {
		return ""
	}
	return string(h.Append(nil))
}

// opened begins the node of a term.
func (t *term) opened(c *sample.Ctx) {
	text := t.acl.Name
	if text == "" && len(t.acl.tests) > 0 {
		text = "{ " + config.JoinWords(t.acl.tests[0].words) + " }"
	}
	if t.negate {
		text = "!" + text
	}
	c.Why.Open(explain.Term, "", 0, text)
}

func closed(c *sample.Ctx, a Answer) { c.Why.Close(answerNames[a]) }

var answerNames = [...]string{No: "no", Unknown: "unknown", Yes: "yes"}

func answerOf(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// begun opens the node of a test, and ended closes it. That of an anonymous ACL is the
// term itself.
func (t *test) begun(c *sample.Ctx, a *ACL) {
	if a.Name != "" {
		c.Why.Open(explain.Test, t.place.File, t.place.Line, config.JoinWords(t.words))
	}
}

func (t *test) ended(c *sample.Ctx, a *ACL, answer Answer) {
	if a.Name != "" {
		closed(c, answer)
	}
}

// hit records the pattern that a value was found to match.
func (t *test) hit(c *sample.Ctx, v *pattern.View, e *pattern.Entry) {
	file, at := e.Place(v.Reference())
	c.Why.Add(explain.Note, file, at, "matches "+explain.Quote([]byte(e.Key())), "")
}

// chosen says what a use_backend or use-server names.
func (r *Case) chosen(name []byte) string {
	if r.Dynamic != nil {
		return string(name)
	}
	return r.Name
}
