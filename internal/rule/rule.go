package rule

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Verdict is what a ruleset decided.
type Verdict uint8

const (
	Continue    Verdict = iota // no rule was final: go on
	Accept                     // stop this ruleset and go on (accept, allow)
	Respond                    // send Result.Reply and end (return, redirect)
	Deny                       // likewise, counted and logged as denied
	Close                      // close the connection without an answer (reject)
	Tarpit                     // like Deny, but only after a while
	Fail                       // a rewriting failed: an internal error
	CloseServer                // close the connection to the server (tcp-response content close)
	SwitchMode                 // stop this ruleset and go on as HTTP (switch-mode)
	Wait                       // run the set again later: it goes on where it stopped
)

// String names the verdict.
func (v Verdict) String() string {
	return [...]string{"continue", "accept", "respond", "deny", "close", "tarpit", "fail", "close-server", "switch-mode", "wait"}[v]
}

// Result is what a ruleset leaves behind.
type Result struct {
	Reply *Reply // set with Respond, Deny and Tarpit; evaluate it before the context changes
	// Rule is the one that runs: after a panic it tells whose fault it was, after
	// a final verdict who gave it. Nil when no rule was final.
	Rule *Rule
	// Expect is what has to come on the connection before its first byte.
	Expect Expect

	// Last is the last rule of the stream that was final; the keyword "redirect" does
	// not count.
	Last *Rule
	// Waiting is the rule by which the set waits; nil: none.
	Waiting *Rule
	// Pause is how long to wait, with Wait; 0: for more of the message.
	Pause int64

	// Body is what of the body has to be there, with Wait.
	Body BodyWait

	// Proof is the work that the next rule takes, with Wait.
	Proof *sample.Proof

	// Unfit is how many rewritings found no room.
	Unfit int

	next int  // where the set goes on after Wait
	lax  bool // strict-mode off
}

// Expect is a set of the headers with which a proxy in front introduces a
// connection.
type Expect uint8

// The headers that a rule can ask for.
const (
	ExpectProxy Expect = 1 << iota
	ExpectNetScaler
)

// Action is what a rule does. Do returns Continue unless the rule is final.
type Action interface {
	Do(c *sample.Ctx, r *Result) Verdict
}

// Rule is a compiled line of a ruleset.
type Rule struct {
	Cond   *Cond // nil: always
	Action Action
	// What Cond found out about itself: a long list of rules is walked from one piece
	// of memory to the next, and that is what takes the time.
	only  *test
	flip  bool
	Final bool               // nothing after it runs when it does
	users []*sample.UserList // that it may ask; nil: none

	Pos      config.Pos
	Name     string   // "http-request deny"
	Words    []string // the line
	mentions *mentions
}

// due tells whether the rule is to run.
func (r *Rule) due(c *sample.Ctx) Answer {
	switch {
	case r.only != nil && c.Why == nil && !c.Partial:
		return answerOf(r.only.match(c) != r.flip)
	case r.Cond == nil:
		return Yes
	case c.Partial:
		return r.Cond.Test(c)
	}
	return answerOf(r.Cond.True(c))
}

// Set is a ruleset in the order of its declaration.
type Set []*Rule

// Run evaluates the rules until one is final. After Wait, it goes on where it
// stopped; while the context is partial, it begins again with the first rule as
// soon as one cannot be decided.
func (s Set) Run(c *sample.Ctx, res *Result) Verdict {
	from := res.next
	res.next, res.Proof, res.Waiting = 0, nil, nil
	if from == 0 {
		res.lax = false
	}
	for i := from; i < len(s); i++ {
		r := s[i]
		res.Rule = r
		if r.users != nil {
			if res.Proof = pending(c, r.users); res.Proof != nil {
				res.Rule, res.next, res.Waiting = nil, i, r
				return Wait
			}
		}
		if c.Why != nil {
			line(c, r.Pos, r.Words)
		}
		switch r.due(c) {
		case No:
			if c.Why != nil {
				c.Why.Close("no")
			}
			continue
		case Unknown:
			res.Rule, res.Pause, res.Waiting = nil, 0, r
			if c.Why != nil {
				c.Why.Close("unknown: waits for more")
			}
			return Wait
		}
		if v := r.do(c, res); v != Continue {
			if v == Wait {
				res.next, res.Waiting = i+1, r
			} else if r.Name != "redirect" {
				res.Last = r
			}
			return v
		}
	}
	res.Rule = nil
	return Continue
}

// Collect gives the compiled rules of p's ruleset, those of its defaults
// section first. The names of the sets are "http-request", "http-response",
// "http-after-response", "redirect", "tcp-request connection" and "tcp-request content".
func Collect(p *config.Proxy, set string) Set {
	var s Set
	for _, d := range p.RulesOf(set) {
		if r, ok := d.Program.(*Rule); ok {
			if r.Cond != nil {
				r.Cond.settle()
				r.only, r.flip = r.Cond.only, r.Cond.flip
			}
			if r.users == nil {
				r.users = r.mentions.lists()
			}
			s = append(s, r)
		}
	}
	return joinHints(s)
}

// stop is accept, allow and reject.
type stop struct{ verdict Verdict }

func (s stop) Do(*sample.Ctx, *Result) Verdict { return s.verdict }

// expect is expect-proxy and expect-netscaler-cip.
type expect struct{ what Expect }

func (e expect) Do(_ *sample.Ctx, r *Result) Verdict {
	r.Expect |= e.what
	return Continue
}
