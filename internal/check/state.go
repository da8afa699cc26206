package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// stateFields are the columns of a state file of version 1 (management guide 9.3,
// "show servers state").
var stateFields = strings.Fields("be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight " +
	"srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id " +
	"srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port")

// StateHeader begins a state file.
var StateHeader = "1\n# " + strings.Join(stateFields, " ") + "\n"

// The bits of the columns srv_check_state and srv_agent_state.
const (
	stateBusy = 1 << iota
	stateConfigured
	stateEnabled
	statePaused
	stateAgent
)

func probeState(p *proxy.Probe, paused, agent bool) int {
	n := 0
	for bit, on := range map[int]bool{stateBusy: p.Busy, stateConfigured: p.Configured, stateEnabled: p.Enabled, statePaused: paused && p.Configured, stateAgent: agent && p.Configured} {
		if on {
			n |= bit
		}
	}
	return n
}

// statusNumber is the number of a status in a state file.
func statusNumber(name string) int {
	for i := range statuses {
		if statuses[i].name == name {
			if i >= 14 { // one number marks where those with a code begin
				i++
			}
			return i
		}
	}
	return 1
}

// operStarting is the state of a server that starts slowly.
const operStarting = 1

// StateLine is the server's line of a state file.
func (w *Watch) StateLine(now time.Time) string {
	h, srv, be := w.srv.Health.Get(), w.srv, w.be
	oper := map[proxy.Oper]int{proxy.Stopped: 0, proxy.Running: 2, proxy.Stopping: 3}[h.Oper]
	if _, slowly := srv.Throttle(); slowly && h.Oper == proxy.Running {
		oper = operStarting
	}
	result := map[outcome]int{neutral: 0, failed: 2, passed: 3, conditional: 4}[outcomeOf(h.Check.Status)]
	addr, port := "-", 0
	if srv.Addr.IsValid() {
		addr, port = srv.Addr.Addr().String(), int(srv.Addr.Port())
	} else if w.spec.Host != "" {
		port = w.spec.Address.Port
	}
	forced := func(id int) int {
		if id != 0 {
			return 1
		}
		return 0
	}
	fqdn := "-"
	if w.spec.Host != "" {
		fqdn = w.spec.Host
	}
	checkAt, agentAt := w.where(w.check), w.where(w.agent)
	if w.spec.CheckPort > 0 && checkAt.Port == 0 {
		checkAt.Port = w.spec.CheckPort
	}
	if a := w.spec.CheckAddr; a != nil && checkAt.Addr == "" && a.IP.IsValid() {
		checkAt.Addr = a.IP.String()
	}
	if a := w.spec.AgentAddr; a != nil && agentAt.Addr == "" && a.IP.IsValid() {
		agentAt.Addr = a.IP.String()
	}
	if agentAt.Port == 0 {
		agentAt.Port = w.spec.AgentPort
	}
	status := 1
	if h.Check.Status != "" {
		status = statusNumber(h.Check.Status)
	}
	return fmt.Sprintf("%d %s %d %s %s %d %d %d %d %d %d %d %d %d %d %d %d %s %d - 0 %d %s %s %d",
		be.ID, be.Name, srv.ID, srv.Name, addr, oper, h.Admin, srv.UserWeight(), srv.Weight, int64(Since(&h, be.Started, now)/time.Second),
		status, result, h.Check.Health, probeState(&h.Check, h.Admin&proxy.AnyMaint != 0, false), probeState(&h.Agent, false, true),
		forced(be.Spec.ID), forced(w.spec.ID), fqdn, port, checkAt.Port, dash(checkAt.Addr), dash(agentAt.Addr), agentAt.Port)
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// where is where somebody had checks go.
func (w *Watch) where(c *checker) (m Moved) {
	if c != nil {
		c.change(func(s *Spec) { m = s.Moved })
	}
	return m
}
