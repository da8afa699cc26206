package check

import (
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// SetState is "set server <b>/<s> state": ready, drain or maint; false for another
// word.
func (w *Watch) SetState(word string) bool {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	return w.setState(word)
}

func (w *Watch) setState(word string) bool {
	switch word {
	case "ready":
		w.admin(proxy.ForcedMaint|proxy.ForcedDrain, 0, nil)
	case "drain":
		w.admin(proxy.ForcedMaint, proxy.ForcedDrain, nil)
	case "maint":
		w.admin(proxy.ForcedDrain, proxy.ForcedMaint, nil)
	default:
		return false
	}
	return true
}

// admin takes reasons away and adds others, for the server and all that track it.
func (w *Watch) admin(off, on proxy.Admin, via *Watch) {
	var after proxy.HealthView
	before, changed := w.set(func(h *proxy.HealthView) bool {
		was := h.Admin
		h.Admin = h.Admin&^off | on
		if h.Admin == was {
			return false
		}
		w.settle(h, was)
		after = *h
		return true
	})
	if !changed {
		return
	}
	moved := w.apply()
	w.tell(&before, &after, moved, via)
	w.emptied(&before)
	if w.check != nil {
		w.check.pause(restsCheck(&after))
	}
	for _, t := range w.trackers {
		var off, on proxy.Admin
		for _, x := range []struct{ of, inherited proxy.Admin }{{proxy.AnyMaint, proxy.InheritedMaint}, {proxy.AnyDrain, proxy.InheritedDrain}} {
			if after.Admin&x.of != 0 {
				on |= x.inherited
			} else {
				off |= x.inherited
			}
		}
		t.admin(off, on, w)
	}
}

// settle sets the state of a server that enters or leaves maintenance.
func (w *Watch) settle(h *proxy.HealthView, was proxy.Admin) {
	now, before := h.Admin&proxy.AnyMaint != 0, was&proxy.AnyMaint != 0
	switch {
	case now && !before:
		if h.Oper != proxy.Stopped {
			h.Downs++
		}
		h.Oper, h.Check.Health = proxy.Stopped, 0
	case before && !now:
		Begin(h, w.spec.InitState)
		if h.Tracks != nil {
			tracked := h.Tracks.Health.Get()
			h.Oper = tracked.Oper
		}
		if !h.Agent.Up() {
			h.Oper = proxy.Stopped
		}
	}
}

// tell reports a change of the reasons.
func (w *Watch) tell(before, after *proxy.HealthView, moved int, via *Watch) {
	maint, wasMaint := after.Admin&proxy.AnyMaint != 0, before.Admin&proxy.AnyMaint != 0
	drain, wasDrain := after.Admin&proxy.AnyDrain != 0, before.Admin&proxy.AnyDrain != 0
	through, forced := "", "forced "
	if via != nil {
		through, forced = " via "+via.title(), ""
	}
	up := "UP"
	if after.Oper == proxy.Stopped {
		up = "DOWN"
	}
	switch {
	case maint && !wasMaint && before.Oper == proxy.Stopped:
		w.say(logs.Notice, "was DOWN and now enters maintenance"+through+".", "")
	case maint && !wasMaint:
		level := logs.Alert
		if wasDrain {
			level = logs.Notice
		}
		w.say(level, "is going DOWN for maintenance"+through, w.left(moved))
		if w.spec.OnMarkedDown {
			w.m.report.Shutdown(w.srv, 'D')
		}
	case wasMaint && !maint:
		how := "READY"
		if drain {
			how = "DRAIN"
		}
		w.say(logs.Notice, "is "+up+"/"+how+" (leaving "+forced+"maintenance).", "")
		if drain && !wasDrain && via == nil {
			w.say(logs.Notice, "remains in forced drain mode.", "")
		}
		if after.Oper != proxy.Stopped {
			w.relieve(drain)
		}
	case maint:
	case drain && !wasDrain:
		w.say(logs.Notice, "enters drain state"+through, w.online(moved))
	case wasDrain && !drain && via == nil:
		w.say(logs.Notice, "is "+up+" (leaving forced drain).", "")
	case wasDrain && !drain:
		w.say(logs.Notice, "is "+up+" (leaving drain)"+through+".", "")
	}
}

// SetHealth is "set server <b>/<s> health": up, stopping or down; it returns what
// is wrong with that.
func (w *Watch) SetHealth(word string) string {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	h := w.srv.Health.Get()
	to, ok := map[string]proxy.Oper{"up": proxy.Running, "stopping": proxy.Stopping, "down": proxy.Stopped}[word]
	switch {
	case h.Tracks != nil:
		return "cannot change health on a tracking server."
	case !ok:
		return "'set server <srv> health' expects 'up', 'stopping', or 'down'."
	}
	w.srv.Health.With(func(h *proxy.HealthView) {
		h.Check.Health = h.Check.Rise + h.Check.Fall - 1
		if to == proxy.Stopped {
			h.Check.Health = 0
		}
	})
	w.move(to, why{cli: true})
	return ""
}

// SetAgent is "set server <b>/<s> agent": up or down; it returns what is wrong
// with that.
func (w *Watch) SetAgent(word string) string {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	h := w.srv.Health.Get()
	switch {
	case !h.Agent.Enabled:
		return "agent checks are not enabled on this server."
	case word != "up" && word != "down":
		return "'set server <srv> agent' expects 'up' or 'down'."
	}
	w.srv.Health.With(func(v *proxy.HealthView) {
		v.Agent.Health = 0
		if word == "up" {
			v.Agent.Health = v.Agent.Rise + v.Agent.Fall - 1
		}
		h = *v
	})
	switch {
	case word == "down":
		w.move(proxy.Stopped, why{cli: true})
	case h.Check.Up():
		w.move(proxy.Running, why{cli: true})
	}
	return ""
}

// EnableCheck and EnableAgent let checks run, or not. False: there are none.
func (w *Watch) EnableCheck(on bool) bool { return w.enable(w.check, on, false) }

// EnableAgent is EnableCheck for the agent.
func (w *Watch) EnableAgent(on bool) bool { return w.enable(w.agent, on, true) }

func (w *Watch) enable(c *checker, on, agent bool) bool {
	if c == nil {
		return !on
	}
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	h := w.srv.Health.Get()
	w.srv.Health.With(func(h *proxy.HealthView) {
		p := &h.Check
		if agent {
			p = &h.Agent
		}
		p.Enabled = on
	})
	c.pause(!on || !agent && h.Admin&proxy.AnyMaint != 0)
	return true
}

// ChangeCheck and ChangeAgent change how is checked, from the next time on.
// False: there are no checks.
func (w *Watch) ChangeCheck(f func(*Spec)) bool { return change(w.check, f) }

// ChangeAgent is ChangeCheck for the agent.
func (w *Watch) ChangeAgent(f func(*Spec)) bool { return change(w.agent, f) }

func change(c *checker, f func(*Spec)) bool {
	if c == nil {
		return false
	}
	c.change(f)
	return true
}

// hurry has the next health check come soon.
func (w *Watch) hurry() {
	if w.check != nil {
		w.check.hurry()
	}
}
