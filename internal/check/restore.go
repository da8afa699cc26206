package check

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// State is a line of a state file, by column.
type State map[string]string

// ParseStates reads a state file. Lines that are none are told by their number;
// the others count.
func ParseStates(data []byte) (states []State, corrupted []int, versioned bool) {
	number := 0
	for line := range bytes.Lines(data) {
		number++
		text := strings.TrimRight(string(line), "\n")
		if number == 1 {
			if versioned = text == "1"; !versioned {
				return nil, nil, false
			}
			continue
		}
		f := strings.Fields(text)
		if len(f) == 0 || f[0][0] == '#' {
			continue
		}
		// The columns after srv_fqdn came with later versions.
		if len(f) < 18 || len(f) > len(stateFields) {
			corrupted = append(corrupted, number)
			continue
		}
		s := State{}
		for i, v := range f {
			s[stateFields[i]] = v
		}
		states = append(states, s)
	}
	return states, corrupted, versioned
}

// number reads a column between 0 and most, and notes what is wrong with it.
func (s State) number(column string, most int, faults *[]string) int {
	text, ok := s[column]
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		*faults = append(*faults, fmt.Sprintf("invalid %s value '%s'", column, text))
		return 0
	}
	return n
}

// Restore gives a server that does not work yet the state of a file. It returns
// what is wrong with the line, and then changes nothing.
func Restore(srv *proxy.Server, spec *config.Server, s State, now time.Time) string {
	var faults []string
	get := func(column string, most int) int { return s.number(column, most, &faults) }
	oper, admin := get("srv_op_state", 3), proxy.Admin(get("srv_admin_state", 0x7f))
	user, initial := get("srv_uweight", 256), get("srv_iweight", 256)
	since := get("srv_time_since_last_change", 1<<31-1)
	status, health := get("srv_check_status", len(statuses)), get("srv_check_health", 1<<20)
	checkState, agentState := get("srv_check_state", 0x1f), get("srv_agent_state", 0x1f)
	get("srv_check_result", 4)
	get("srv_check_port", 65535)
	get("srv_agent_port", 65535)
	if len(faults) > 0 {
		return strings.Join(faults, ", ")
	}
	if spec.Weight == initial && user != initial { // else somebody changed the configuration
		srv.Backend.SetWeight(srv, user)
	}
	srv.Health.With(func(h *proxy.HealthView) {
		h.Changed = now.Add(-time.Duration(since) * time.Second)
		// What the configuration says counts when it changed; else what somebody
		// decided at run time. What was inherited follows from the tracked server.
		wasDisabled := admin&proxy.ConfigMaint != 0
		switch {
		case wasDisabled == spec.Disabled:
			h.Admin = h.Admin&^proxy.ForcedMaint | admin&proxy.ForcedMaint
		case admin&proxy.ForcedMaint != 0 && !wasDisabled:
			h.Admin |= proxy.ForcedMaint
		}
		h.Admin |= admin & proxy.ForcedDrain
		if h.Check.Configured {
			h.Check.Enabled = checkState&stateEnabled != 0 || checkState&stateConfigured == 0
		}
		if h.Agent.Configured {
			h.Agent.Enabled = agentState&stateEnabled != 0 || agentState&stateConfigured == 0
		}
		if h.Admin&proxy.AnyMaint != 0 {
			h.Oper, h.Check.Health = proxy.Stopped, 0
			return
		}
		if admin&proxy.AnyMaint != 0 { // no more: its state was that of the maintenance
			Begin(h, spec.InitState)
			return
		}
		h.Oper = [...]proxy.Oper{proxy.Stopped, proxy.Running, proxy.Running, proxy.Stopping}[oper]
		top := h.Check.Rise + h.Check.Fall - 1
		switch {
		case h.Oper == proxy.Stopped:
			h.Check.Health = min(health, max(h.Check.Rise-1, 0))
		case h.Check.Configured:
			h.Check.Health = min(max(health, h.Check.Rise), top)
		}
		if i := status; h.Check.Configured && i > 1 {
			if i > 14 {
				i--
			}
			h.Check.Status = statuses[min(i, len(statuses)-1)].name
		}
	})
	h := srv.Health.Get()
	srv.Backend.SetUp(srv, h.Usable())
	if oper == operStarting && srv.SlowStart > 0 && h.Usable() { // from the beginning, as the reference does
		srv.Backend.StartSlowly(srv)
		srv.Health.With(func(h *proxy.HealthView) { h.Changed = now })
	}
	return ""
}

// Moved returns where the state has checks, or the agent, looked for.
func (s State) Moved(kind string) (m Moved) {
	if ip, err := netip.ParseAddr(s["srv_"+kind+"_addr"]); err == nil {
		m.Addr = ip.String()
	}
	m.Port, _ = strconv.Atoi(s["srv_"+kind+"_port"]) // was checked
	return m
}

// Move has checks go elsewhere.
func (spec *Spec) Move(m Moved) {
	ap, err := netip.ParseAddrPort(spec.Address)
	if err != nil {
		return // not a port of an address
	}
	ip, port := ap.Addr(), ap.Port()
	if to, err := netip.ParseAddr(m.Addr); err == nil {
		ip, spec.Moved.Addr = to, m.Addr
	}
	if m.Port > 0 {
		port, spec.Moved.Port = uint16(m.Port), m.Port
	}
	spec.Address = netip.AddrPortFrom(ip, port).String()
}
