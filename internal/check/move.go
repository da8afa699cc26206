package check

import (
	"fmt"
	"time"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// why is what a change of state is put down to: a check, a command, or the
// server that is tracked.
type why struct {
	result *Result
	cli    bool
	via    *Watch
}

func (y why) words(w *Watch) string {
	switch {
	case y.via != nil:
		return " via " + y.via.title()
	case y.cli:
		return ", changed from CLI"
	case y.result != nil && !w.be.Spec.Options.LogHealthChecks: // which has just said it
		return ", " + y.result.reason()
	}
	return ""
}

func (w *Watch) title() string { return w.be.Name + "/" + w.srv.Name }

// subject is how messages begin.
func (w *Watch) subject() string {
	if w.srv.Backup {
		return "Backup Server " + w.title()
	}
	return "Server " + w.title()
}

// move changes what checks say of the server, for it and all that track it. The
// caller holds the monitor's lock.
func (w *Watch) move(to proxy.Oper, y why) {
	before, ok := w.set(func(h *proxy.HealthView) bool {
		if h.Oper == to || h.Admin&proxy.AnyMaint != 0 {
			return false
		}
		if to == proxy.Stopped {
			h.Downs++
		}
		h.Oper = to
		return true
	})
	if !ok {
		return
	}
	drained := before.Admin&proxy.AnyDrain != 0
	moved := w.apply()
	reason := y.words(w)
	switch to {
	case proxy.Stopped:
		w.say(logs.Alert, "is DOWN"+reason, w.left(moved))
		if w.spec.OnMarkedDown {
			w.m.report.Shutdown(w.srv, 'D')
		}
	case proxy.Running:
		w.say(logs.Notice, "is UP"+reason, w.online(moved))
		w.relieve(drained)
	case proxy.Stopping:
		w.say(logs.Notice, "is stopping"+reason, w.online(moved))
	}
	w.emptied(&before)
	for _, t := range w.trackers {
		t.move(to, why{via: w})
	}
}

// warmed: a slow start is over, which counts as a change of state.
func (w *Watch) warmed() {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	if _, ok := w.set(func(h *proxy.HealthView) bool { return h.Oper == proxy.Running && h.Admin&proxy.AnyMaint == 0 }); ok {
		w.say(logs.Notice, "is UP", w.online(0))
	}
}

// set changes the health and notes the time; f says whether there is a change.
func (w *Watch) set(f func(h *proxy.HealthView) bool) (before proxy.HealthView, changed bool) {
	now := time.Now()
	w.srv.Health.With(func(h *proxy.HealthView) {
		before = *h
		if changed = f(h); !changed {
			return
		}
		if since := before.Changed; before.Oper == proxy.Stopped && h.Oper != proxy.Stopped && !since.IsZero() {
			h.DownFor += now.Sub(since)
		}
		h.Changed = now
	})
	return before, changed
}

// apply tells the balancing. It returns how many streams changed queues.
func (w *Watch) apply() int {
	h := w.srv.Health.Get()
	return w.be.SetUp(w.srv, h.Usable())
}

func (w *Watch) say(level logs.Level, what, rest string) {
	w.m.report.Say(w.be, level, w.subject()+" "+what+rest)
}

// left and online end the messages of a server that goes and of one that comes.
func (w *Watch) left(requeued int) string {
	active, backup := w.be.Usable()
	queued, _ := w.srv.Queued()
	return fmt.Sprintf(". %d active and %d backup servers left.%s %d sessions active, %d requeued, %d remaining in queue.",
		active, backup, runningOnBackup(active, backup), w.srv.Served(), requeued, queued)
}

func (w *Watch) online(requeued int) string {
	active, backup := w.be.Usable()
	queued, _ := w.srv.Queued()
	return fmt.Sprintf(". %d active and %d backup servers online.%s %d sessions requeued, %d total in queue.",
		active, backup, runningOnBackup(active, backup), requeued, queued)
}

func runningOnBackup(active, backup int) string {
	if active == 0 && backup > 0 {
		return " Running on backup."
	}
	return ""
}

// emptied reports a backend whose last usable server this was.
func (w *Watch) emptied(before *proxy.HealthView) {
	h := w.srv.Health.Get()
	if active, backup := w.be.Usable(); active+backup == 0 && before.Usable() && !h.Usable() {
		w.m.report.Empty(w.be)
	}
}

// relieve ends the streams of the backup servers ("on-marked-up"): the server, which
// is up again, takes their clients, unless it is drained or has no weight.
func (w *Watch) relieve(drained bool) {
	if !w.spec.OnMarkedUp || w.srv.Backup || drained || w.srv.UserWeight() <= 0 {
		return
	}
	for _, other := range w.be.Servers {
		if other.Backup {
			w.m.report.Shutdown(other, 'U')
		}
	}
}
