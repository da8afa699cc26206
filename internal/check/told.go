package check

import (
	"fmt"
	"time"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// Told takes the result of a health check in.
func (w *Watch) Told(r Result) {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	w.judge(r)
}

// judge counts a result for or against the server.
func (w *Watch) judge(r Result) {
	var h proxy.HealthView
	w.srv.Health.With(func(v *proxy.HealthView) {
		if r.Took >= 0 {
			v.Check.Busy = false
		}
		if v.Admin&proxy.AnyMaint != 0 || !v.Check.Enabled {
			h = *v
			return // asked before, answered after
		}
		v.Check.Status, v.Check.Code, v.Check.Took, v.Check.Text = r.Status, r.Code, r.Took, r.Info
		if outcomeOf(r.Status) == failed && v.Check.Health >= v.Check.Rise {
			v.Fails++ // those of a server that was up (management guide, "chkfail")
		}
		count(&v.Check, outcomeOf(r.Status))
		h = *v
	})
	if h.Admin&proxy.AnyMaint != 0 || !h.Check.Enabled {
		return
	}
	w.logCheck("Health", &h.Check, r)
	w.decide(&h, outcomeOf(r.Status), &r)
}

// count moves the health for one check. A conditional pass keeps a server that is
// up steady, and brings none back.
func count(p *proxy.Probe, o outcome) {
	up, top := p.Health >= p.Rise, p.Rise+p.Fall-1
	switch {
	case o == neutral, o == conditional && !up:
	case o == failed && p.Health > p.Rise:
		p.Health--
	case o == failed:
		p.Health = 0
	case up: // one good check makes it steady again: only bad ones in a row count
		p.Health = top
	default:
		if p.Health++; p.Health >= p.Rise {
			p.Health = top
		}
	}
}

// decide draws the conclusion from the checks.
func (w *Watch) decide(h *proxy.HealthView, o outcome, cause *Result) {
	up := h.Check.Up() && h.Agent.Up()
	switch {
	case !up && h.Oper != proxy.Stopped:
		w.move(proxy.Stopped, why{result: cause})
	case up && o == conditional && h.Oper == proxy.Running:
		w.move(proxy.Stopping, why{result: cause})
	case up && o == passed && h.Oper != proxy.Running:
		w.move(proxy.Running, why{result: cause})
	}
}

// logCheck logs a check whose outcome is another than that of the one before, or
// that moved the health ("option log-health-checks").
func (w *Watch) logCheck(kind string, p *proxy.Probe, r Result) {
	if !w.be.Spec.Options.LogHealthChecks || outcomeOf(r.Status) == neutral {
		return
	}
	shown := fmt.Sprintf("%s %s %d", kind, r.Status, p.Health)
	if w.shown == shown {
		return
	}
	w.shown = shown
	result, status := "failed", fmt.Sprintf("%d/%d DOWN", p.Health, p.Rise)
	switch outcomeOf(r.Status) {
	case passed:
		result = "succeeded"
	case conditional:
		result = "conditionally succeeded"
	}
	if p.Health >= p.Rise {
		status = fmt.Sprintf("%d/%d UP", p.Health-p.Rise+1, p.Fall)
	}
	server := "server"
	if w.srv.Backup {
		server = "backup server"
	}
	w.m.report.Say(w.be, logs.Notice, fmt.Sprintf("%s check for %s %s/%s %s, %s, status: %s.", kind, server, w.be.Name, w.srv.Name, result, r.reason(), status))
}

// reason puts an outcome into words.
func (r *Result) reason() string {
	text := "reason: " + Describe(r.Status)
	if HasCode(r.Status) {
		text += fmt.Sprintf(", code: %d", r.Code)
	}
	if r.Info != "" {
		text += fmt.Sprintf(", info: \"%s\"", r.Info)
	}
	if r.Took < 0 { // no check was made
		return text
	}
	return text + fmt.Sprintf(", check duration: %dms", r.Took.Milliseconds())
}

// Since tells for how long the server has been in its state.
func Since(h *proxy.HealthView, started, now time.Time) time.Duration {
	if h.Changed.IsZero() {
		return now.Sub(started)
	}
	return now.Sub(h.Changed)
}
