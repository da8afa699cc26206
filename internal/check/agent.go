package check

import (
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// AgentScript returns what asks an agent: it is sent text, and its first line counts
// (manual 5.2, "agent-check").
func AgentScript(text string) *Script {
	s := &Script{steps: []step{{connect: &connect{}}}}
	if text != "" {
		s.steps = append(s.steps, step{send: &send{data: []byte(text)}})
	}
	e := &expect{judge: agentLine, hearsNothing: true}
	e.defaults(false)
	s.steps = append(s.steps, step{expect: e})
	return s
}

// agentLine waits for the end of the first line.
func agentLine(r *run, b []byte, final bool) verdict {
	i := strings.IndexAny(string(b), "\r\n")
	switch {
	case i >= 0:
		r.agent = parseAgent(string(b[:i]))
		return verdict{status: r.agent.status, info: r.agent.info}
	case len(b) == 0 && final:
		return verdict{status: "L7RSP", info: r.empty()}
	case final:
		return verdict{status: "L7TOUT", info: "Ignoring incomplete line from agent"}
	}
	return verdict{wait: true}
}

// agentAnswer is what an agent said.
type agentAnswer struct {
	status, info string
	admin        string // ready, drain, maint; "": nothing
	weight       string // "50%", "20"; "": nothing
	maxconn      string
}

// parseAgent reads the words of a line: of those of one kind the last one counts.
func parseAgent(line string) *agentAnswer {
	a := &agentAnswer{status: "CHECKED"}
	line, note, _ := strings.Cut(" "+line, " #")
	note = strings.TrimSpace(note)
	var word, unknown, warning string
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }) {
		switch low := strings.ToLower(w); {
		case low == "up", low == "down", low == "fail", low == "stopped":
			word = w
		case low == "ready", low == "drain", low == "maint":
			a.admin = low
		case strings.HasPrefix(low, "weight:"):
			a.weight, warning = agentWeight(w[7:], a.weight, warning)
		case strings.HasPrefix(low, "maxconn:"):
			if _, rest := leadingInt(w[8:]); rest == w[8:] {
				warning = first(warning, "maxconn string empty or preceded by garbage")
			} else if rest != "" {
				warning = first(warning, "Trailing garbage in maxconn string")
			} else {
				a.maxconn = w[8:]
			}
		case strings.HasSuffix(w, "%") && w[0] >= '0' && w[0] <= '9':
			a.weight, warning = agentWeight(w, a.weight, warning)
		default:
			unknown = first(unknown, w)
		}
	}
	switch {
	case word != "":
		a.status = "L7STS"
		if strings.EqualFold(word, "up") {
			a.status = "L7OK"
		}
		a.info = "via agent : " + word
		if text := first(first(warning, unknown), note); text != "" {
			a.info += " (" + text + ")"
		}
	case warning != "":
		a.info = "agent warns : " + warning
	case unknown != "":
		a.info = "agent reports an error : " + unknown
	}
	return a
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// leadingInt takes a number off the front of text.
func leadingInt(text string) (n int64, rest string) {
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && text[0] == '-' && len(text) > 1) {
		end++
	}
	n, err := strconv.ParseInt(text[:end], 10, 32)
	if err != nil {
		return 0, text
	}
	return n, text[end:]
}

// agentWeight checks a weight; old and warning stay when it is good.
func agentWeight(text, old, warning string) (weight, warns string) {
	fail := func(why string) (string, string) { return old, first(warning, why) }
	if text == "" {
		return fail("Require <weight> or <weight%>.")
	}
	n, rest := leadingInt(text)
	switch {
	case rest == text:
		return fail("Empty weight string empty or preceded by garbage")
	case rest == "%" && n >= 0:
	case rest != "":
		return fail("Trailing garbage in weight string")
	case n < 0 || n > 256:
		return fail("Absolute weight can only be between 0 and 256 inclusive.")
	}
	return text, warning
}

// toldByAgent takes an agent's answer in: the state that the administrator sets,
// the weight and the limit first, then whether the server works.
func (w *Watch) toldByAgent(r Result) {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	var h proxy.HealthView
	w.srv.Health.With(func(v *proxy.HealthView) {
		v.Agent.Busy = false
		h = *v
	})
	if !h.Agent.Enabled {
		return
	}
	if a := r.agent; a != nil {
		if a.admin != "" {
			w.setState(a.admin)
		}
		w.weigh(a.weight)
		if n, rest := leadingInt(a.maxconn); rest == "" && a.maxconn != "" && n >= 0 {
			w.be.SetMaxConn(w.srv, n)
		}
	}
	w.srv.Health.With(func(v *proxy.HealthView) {
		v.Agent.Status, v.Agent.Code, v.Agent.Took, v.Agent.Text = r.Status, r.Code, r.Took, r.Info
		if r.agent != nil { // who cannot be asked says nothing against the server
			count(&v.Agent, outcomeOf(r.Status))
		}
		h = *v
	})
	w.logCheck("Agent", &h.Agent, r)
	if r.agent != nil && h.Admin&proxy.AnyMaint == 0 {
		w.decide(&h, outcomeOf(r.Status), &r)
	}
}

// weigh sets a weight; one that cannot be is as good as none.
func (w *Watch) weigh(text string) {
	if text != "" {
		w.be.ChangeWeight(w.srv, text)
	}
}

// Server is the server that is watched.
func (w *Watch) Server() *proxy.Server { return w.srv }
