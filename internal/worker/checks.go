package worker

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// startChecks starts the checks of every server that has them, spread over the
// interval so that they do not come in bursts.
func (s *service) startChecks() {
	spread := 5 * time.Second // the last one does not wait longer
	if d := s.run.Spec.Global.MaxSpreadChecks; d > 0 {
		spread = d
	}
	var slots chan struct{}
	if n := s.run.Spec.Global.Tune.MaxChecks; n > 0 {
		slots = make(chan struct{}, min(n*s.run.Threads, maxInt>>8))
	}
	for _, be := range s.run.Backends {
		for i, srv := range be.Servers {
			spec := be.Spec.Servers[i]
			if !spec.Check || spec.Disabled {
				continue
			}
			delay := spec.Inter * time.Duration(i) / time.Duration(len(be.Servers))
			how := checkSpec(be, srv, spec, s.run.CheckIPs[spec], s.run.Spec.Global.SpreadChecks)
			how.Slots, how.Script, how.State = slots, s.run.ScriptOf(be.Spec, spec), func() string { return s.serverState(srv) }
			s.checks = append(s.checks, check.Start(how, min(delay, spread), func(r check.Result, st check.State, ch check.Change) {
				s.checked(be, srv, r, st, ch)
			}))
		}
	}
}

// checkSpec says how a server is checked. named is the address of the name in
// its "addr", if that is one.
func checkSpec(be *proxy.Backend, srv *proxy.Server, spec *config.Server, named netip.Addr, spread int) check.Spec {
	c := check.Spec{
		Backend: be.Name, Server: srv.Name,
		Inter: spec.Inter, FastInter: spec.FastInter, DownInter: spec.DownInter, Rise: spec.Rise, Fall: spec.Fall,
		Spread: spread, Connect: be.Spec.Timeouts.Connect, Read: be.Spec.Timeouts.Check,
	}
	switch {
	case spec.CheckAddr == nil && spec.CheckPort == 0: // else it is another service that is checked
		c.SendProxy = srv.SendProxy
		if spec.CheckSendProxy {
			c.SendProxy = max(c.SendProxy, 1)
		}
	case spec.CheckSendProxy:
		c.SendProxy = max(srv.SendProxy, 1)
	}
	a := spec.Address
	if a.IsIP() {
		a.IP, a.Port = srv.Addr.Addr(), int(srv.Addr.Port())
	}
	if other := spec.CheckAddr; other != nil {
		port := a.Port
		a = *other
		if named.IsValid() {
			a.IP = named
		}
		if a.Port == 0 {
			a.Port = port
		}
	}
	if spec.CheckPort > 0 {
		a.Port = spec.CheckPort
	}
	c.Network, c.Address = check.Endpoint(a)
	c.Multipath = a.MPTCP
	return c
}

// checked takes a check's outcome in: the statistics, the balancing, the logs.
func (s *service) checked(be *proxy.Backend, srv *proxy.Server, r check.Result, st check.State, ch check.Change) {
	now := time.Now()
	srv.Health.With(func(h *proxy.Health) {
		h.Status, h.Code, h.Took, h.Desc, h.Text = r.Status, r.Code, r.Took, check.Describe(r.Status), r.Info
		h.Good, h.Bad = st.Health, 0
		if !r.OK() && (st.Up() || ch == check.WentDown) { // those of a server that was up (management guide, "chkfail")
			h.Fails++
		}
		switch ch {
		case check.WentDown:
			h.State, h.Changed = proxy.Down, now
			h.Downs++
		case check.WentUp:
			if !h.Changed.IsZero() {
				h.DownFor += now.Sub(h.Changed)
			}
			h.State, h.Changed = proxy.Up, now
		}
	})
	if be.Spec.Options.LogHealthChecks {
		s.logCheck(be, srv, r, st)
	}
	if ch == check.NoChange {
		return
	}
	up := ch == check.WentUp
	s.announce(be, srv, r, up, be.SetUp(srv, up))
}

// logCheck logs a check whose outcome is another than that of the one before, or
// that moved the server's health ("option log-health-checks").
func (s *service) logCheck(be *proxy.Backend, srv *proxy.Server, r check.Result, st check.State) {
	shown := fmt.Sprintf("%v %d", r.Status, st.Health)
	if was, _ := s.lastCheck.Swap(srv, shown); was == shown {
		return
	}
	outcome, status := "failed", fmt.Sprintf("%d/%d DOWN", st.Health, st.Rise)
	if r.OK() {
		outcome = "succeeded"
	}
	if st.Up() {
		status = fmt.Sprintf("%d/%d UP", st.Health-st.Rise+1, st.Fall)
	}
	kind := "server"
	if srv.Backup {
		kind = "backup server"
	}
	text := fmt.Sprintf("Health check for %s %s/%s %s, %s, status: %s.", kind, be.Name, srv.Name, outcome, reasonOf(r), status)
	s.report.Warningf("%s", text)
	s.logger.Message(s.run.Outputs[be.Spec], logs.Notice, text)
}

// reasonOf puts a check's outcome into words.
func reasonOf(r check.Result) string {
	reason := "reason: " + check.Describe(r.Status)
	if check.HasCode(r.Status) {
		reason += fmt.Sprintf(", code: %d", r.Code)
	}
	if r.Info != "" {
		reason += fmt.Sprintf(", info: \"%s\"", r.Info)
	}
	return reason + fmt.Sprintf(", check duration: %dms", r.Took.Milliseconds())
}

// announce says in the logs and on standard error that a server went up or
// down, in the reference's words, and how many streams changed queues for it.
func (s *service) announce(be *proxy.Backend, srv *proxy.Server, r check.Result, up bool, requeued int) {
	active, backup := be.Usable()
	queued, _ := srv.Queued()
	kind := "Server"
	if srv.Backup {
		kind = "Backup Server"
	}
	text := fmt.Sprintf("%s %s/%s is ", kind, be.Name, srv.Name)
	reason := ", " + reasonOf(r)
	if be.Spec.Options.LogHealthChecks { // which has just said it
		reason = ""
	}
	level := logs.Alert
	if up {
		level = logs.Notice
		text += fmt.Sprintf("UP%s. %d active and %d backup servers online.%s %d sessions requeued, %d total in queue.", reason, active, backup, runningOnBackup(active, backup), requeued, queued)
	} else {
		text += fmt.Sprintf("DOWN%s. %d active and %d backup servers left.%s %d sessions active, %d requeued, %d remaining in queue.", reason, active, backup, runningOnBackup(active, backup), srv.Served(), requeued, queued)
	}
	s.report.Warningf("%s", text)
	out := s.run.Outputs[be.Spec]
	s.logger.Message(out, level, text)
	if !up && active+backup == 0 {
		what := kindWord(be.Spec.Kind)
		s.report.Alertf("%s '%s' has no server available!", what, be.Name)
		s.logger.Message(out, logs.Emerg, fmt.Sprintf("%s %s has no server available!", what, be.Name))
	}
}

// kindWord is what messages of a running process call a section.
func kindWord(k config.Kind) string {
	if k == config.KindListen {
		return "proxy"
	}
	return k.String()
}

func runningOnBackup(active, backup int) string {
	if active == 0 && backup > 0 {
		return " Running on backup."
	}
	return ""
}
