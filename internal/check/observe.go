package check

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// Connected implements proxy.Observer: an attempt to connect to the server.
func (m *Monitor) Connected(srv *proxy.Server, ok bool) {
	w := m.all[srv]
	switch {
	case !ok:
		w.wrong("L4 unsuccessful connection")
	case w.spec.Observe == "layer4":
		w.right()
	}
}

// Answered implements proxy.Observer: an answer of the server, or none.
func (m *Monitor) Answered(srv *proxy.Server, status int, fault string) {
	w := m.all[srv]
	switch {
	case w.spec.Observe != "layer7":
	case fault != "":
		w.wrong(fault)
	case status >= 100 && status <= 499 || status == 501 || status == 505:
		w.right()
	default:
		w.wrong("Wrong http response")
	}
}

// right ends a row of errors. It is called for every request.
func (w *Watch) right() {
	if w.errors.Load() != 0 {
		w.errors.Store(0)
	}
}

// wrong counts an error. Enough of them in a row are taken for a failed check, or
// what "on-error" makes of them.
func (w *Watch) wrong(what string) {
	if w.errors.Add(1) < int64(max(w.spec.ErrorLimit, 1)) {
		return
	}
	w.errors.Store(0)
	r := Result{Status: "HANA", Info: fmt.Sprintf("Detected %d consecutive errors, last one was: %s", w.spec.ErrorLimit, what), Took: -1}
	go w.enough(r) // a loop must not wait for who logs
}

func (w *Watch) enough(r Result) {
	w.m.mu.Lock()
	h := w.srv.Health.Get()
	if !h.Check.Up() || h.Admin&proxy.AnyMaint != 0 || !h.Check.Enabled {
		w.m.mu.Unlock()
		return
	}
	w.fast = true
	set := func(health int) {
		w.srv.Health.With(func(v *proxy.HealthView) { v.Check.Health = health })
	}
	switch w.spec.OnError {
	case "fastinter":
	case "mark-down":
		set(h.Check.Rise)
		w.judge(r)
	case "sudden-death":
		set(min(h.Check.Health, h.Check.Rise+1))
		w.judge(r)
	default:
		w.judge(r)
	}
	w.m.mu.Unlock()
	w.hurry()
}
