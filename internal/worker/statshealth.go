package worker

import (
	"fmt"
	"time"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/stats"
)

// health fills in what a row shows of a server's health.
func (s *service) health(r *stats.Row, srv *proxy.Server, h *proxy.HealthView, now time.Time) {
	r.Status = serverStatus(h)
	r.Maint = h.Admin&proxy.AnyMaint != 0
	r.Down = h.Oper == proxy.Stopped && !r.Maint
	r.Failures, r.DownTransitions = h.Fails, h.Downs
	since := check.Since(h, srv.Backend.Started, now)
	r.LastChange = int64(since / time.Second)
	down := h.DownFor
	if h.Oper == proxy.Stopped {
		down += since
	}
	r.Downtime = int64(down / time.Second)
	if h.Tracks != nil {
		r.Tracked = h.Tracks.Backend.Name + "/" + h.Tracks.Name
	}
	if h.Check.Enabled {
		r.Check = checkRow(&h.Check)
		r.Check.Shown = r.Check.Shown && !r.Maint
	}
	if h.Agent.Configured {
		r.Agent = checkRow(&h.Agent)
		r.Agent.Shown = r.Agent.Shown && h.Agent.Enabled
	}
}

func checkRow(p *proxy.Probe) *stats.Check {
	c := &stats.Check{Status: p.Status, Code: stats.Unset, Duration: p.Took.Milliseconds(), Desc: check.Describe(p.Status), Last: p.Text,
		Rise: int64(p.Rise), Fall: int64(p.Fall), Health: int64(p.Health), Shown: p.Status != ""}
	if check.HasCode(p.Status) {
		c.Code = int64(p.Code)
	}
	if p.Took < 0 {
		c.Duration = stats.Unset
	}
	switch {
	case p.Status == "":
		c.Status = "INI"
	case p.Busy:
		c.Status = "* " + c.Status
	}
	return c
}

// serverStatus is the word, or the words, for a server's state: with checks that
// could change it, how far they are.
func serverStatus(h *proxy.HealthView) string {
	checked := h
	for t := h.Tracks; t != nil; t = checked.Tracks {
		v := t.Health.Get()
		checked = &v
	}
	p := &checked.Check
	switch {
	case h.Admin&proxy.NoAddress != 0:
		return "MAINT (resolution)"
	case h.Admin&proxy.InheritedMaint != 0 && h.Admin&proxy.ForcedMaint == 0 && h.Tracks != nil:
		return "MAINT (via " + h.Tracks.Backend.Name + "/" + h.Tracks.Name + ")"
	case h.Admin&proxy.AnyMaint != 0:
		return "MAINT"
	case h.Admin&proxy.AnyDrain != 0 && h.Agent.Enabled:
		return "DRAIN (agent)"
	case h.Agent.Enabled && h.Agent.Health == 0:
		return "DOWN (agent)"
	case h.Oper == proxy.Stopped && p.Health > 0 && p.Enabled:
		return fmt.Sprintf("DOWN %d/%d", p.Health, p.Rise)
	case h.Oper == proxy.Stopped:
		return "DOWN"
	}
	word := "UP"
	switch {
	case h.Admin&proxy.AnyDrain != 0:
		word = "DRAIN"
	case h.Oper == proxy.Stopping:
		word = "NOLB"
	case !p.Enabled:
		return "no check"
	}
	if p.Enabled && p.Status != "" && p.Health < p.Rise+p.Fall-1 {
		return fmt.Sprintf("%s %d/%d", word, p.Health-p.Rise+1, p.Fall)
	}
	return word
}
