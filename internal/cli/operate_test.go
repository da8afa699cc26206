package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// operatedWorker notes what it is told to do. It has frontend fe and server be/s1.
type operatedWorker struct {
	Worker
	Servers
	did *[]string
}

func (w operatedWorker) note(format string, args ...any) {
	*w.did = append(*w.did, fmt.Sprintf(format, args...))
}

func (w operatedWorker) Frontend(name string) Frontend {
	if name != "fe" {
		return nil
	}
	return w
}
func (w operatedWorker) ClearServer(backend, server string) { w.note("clear %s/%s", backend, server) }
func (w operatedWorker) Steady(f func())                    { f() }
func (w operatedWorker) Alone(f func()) bool                { w.note("alone"); f(); return true }
func (w operatedWorker) Backend(name string) Backend {
	if name != "be" {
		return nil
	}
	return w
}
func (w operatedWorker) BackendNames() []string { return []string{"be", "other"} }
func (w operatedWorker) Publish(on bool) string { w.note("publish %t", on); return "" }
func (w operatedWorker) DynamicCookie(on *bool, key *string) string {
	if on != nil {
		w.note("cookie %t", *on)
	}
	if key != nil {
		w.note("key %s", *key)
	}
	return ""
}

// operatedServer has an address and a name.
type operatedServer struct {
	Server
	operatedWorker
}

func (s operatedServer) Move(addr string, port *string) string {
	text := "none"
	if port != nil {
		text = *port
	}
	s.note("move %s %s", addr, text)
	return "nothing changed"
}

func (s operatedServer) Rename(name string) string {
	if name == "bad/name" {
		return "Server name contains invalid characters."
	}
	s.note("rename %s", name)
	return ""
}

func (w operatedWorker) Server(backend, server string) (Server, error) {
	if backend+"/"+server != "be/s1" {
		return nil, errors.New("No such server.")
	}
	return operatedServer{operatedWorker: w}, nil
}
func (w operatedWorker) Enable(on bool) string { w.note("enable %t", on); return "" }
func (w operatedWorker) SetMaxConn(n int64)    { w.note("frontend %d", n) }
func (w operatedWorker) MaxServerConn(backend, server string, n int64) {
	w.note("%s/%s %d", backend, server, n)
}
func (w operatedWorker) ShutdownSessions(backend, server string) {
	w.note("shutdown %s/%s", backend, server)
}
func (w operatedWorker) SetConnRate(n int64)    { w.note("connections %d", n) }
func (w operatedWorker) SetSessRate(n int64)    { w.note("sessions %d", n) }
func (w operatedWorker) ClearCounters(all bool) { w.note("clear %t", all) }

// operatedProcess differs in what SetMaxConn means.
type operatedProcess struct{ operatedWorker }

func (w operatedProcess) SetMaxConn(n int64) bool { w.note("process %d", n); return n <= 100 }

// The answers are those of HAProxy 3.5-dev5, but for numbers that are none: there they
// count as 0.
func TestOperate(t *testing.T) {
	for _, tt := range []struct {
		level              line.Level
		in, answer, effect string
	}{
		{line.LevelUser, "clear counters", "Permission denied", ""},
		{line.LevelOperator, "clear counters", "", "clear false"},
		{line.LevelOperator, "clear counters all", "Permission denied", ""},
		{line.LevelAdmin, "clear counters all", "", "clear true"},
		{line.LevelAdmin, "clear counters x", "", "clear false"},
		{line.LevelOperator, "clear counters server be/s1", "Permission denied", ""},
		{line.LevelAdmin, "clear counters server", "Require 'backend/server'.", ""},
		{line.LevelAdmin, "clear counters server be/no", "No such server.", ""},
		{line.LevelAdmin, "clear counters server be/s1 force", "Server counters cleared.", "clear be/s1"},
		{line.LevelAdmin, "set server be/s1 addr", "set server <b>/<s> addr requires an address and optionally a port.", "alone"},
		{line.LevelAdmin, "set server be/s1 addr 127.0.0.1", "nothing changed", "alone, move 127.0.0.1 none"},
		{line.LevelAdmin, "set server be/s1 addr 127.0.0.1 x 3", "nothing changed", "alone, move 127.0.0.1 none"},
		{line.LevelAdmin, "set server be/s1 addr 127.0.0.1 port", "nothing changed", "alone, move 127.0.0.1 "},
		{line.LevelAdmin, "set server be/s1 addr ::1 port +3", "nothing changed", "alone, move ::1 +3"},
		{line.LevelAdmin, "set server be/no addr ::1", "No such server.", "alone"},
		{line.LevelAdmin, "set server be/s1 fqdn", "set server <b>/<s> fqdn requires a FQDN.", ""},
		{line.LevelAdmin, "set server be/s1 name", "set server <b>/<s> name requires a new name.", "alone"},
		{line.LevelAdmin, "set server be/s1 name bad/name", "Server name contains invalid characters.", "alone"},
		{line.LevelAdmin, "set server be/s1 name blue", "Server name updated.", "alone, rename blue"},
		{line.LevelOperator, "set server be/s1 name blue", "Permission denied", ""},
		{line.LevelAdmin, "set server be/s1", "usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | check-port | fqdn | health | name | ssl | state | weight", ""},
		{line.LevelUser, "show backend", "# name\nbe\nother", ""},
		{line.LevelOperator, "publish backend be", "Permission denied", ""},
		{line.LevelAdmin, "publish backend", "No such backend.", "alone"},
		{line.LevelAdmin, "publish backend be", "Backend published.", "alone, publish true"},
		{line.LevelAdmin, "unpublish backend be", "Backend unpublished.", "alone, publish false"},
		{line.LevelAdmin, "unpublish backend no", "No such backend.", "alone"},
		{line.LevelAdmin, "enable dynamic-cookie backend", "A backend name is expected.", "alone"},
		{line.LevelAdmin, "enable dynamic-cookie backend no", "No such backend.", "alone"},
		{line.LevelAdmin, "enable dynamic-cookie backend be", "", "alone, cookie true"},
		{line.LevelAdmin, "disable dynamic-cookie backend be", "", "alone, cookie false"},
		{line.LevelAdmin, "set dynamic-cookie-key backend", "A backend name is expected.", "alone"},
		{line.LevelAdmin, "set dynamic-cookie-key backend no", "No such backend.", "alone"},
		{line.LevelAdmin, "set dynamic-cookie-key backend be", "String value expected.", "alone"},
		{line.LevelAdmin, "set dynamic-cookie-key backend be k", "", "alone, key k"},
		{line.LevelOperator, "disable frontend fe", "Permission denied", ""},
		{line.LevelAdmin, "disable frontend", "A frontend name is expected.", ""},
		{line.LevelAdmin, "disable frontend be", "No such frontend.", ""},
		{line.LevelAdmin, "disable frontend fe", "", "enable false"},
		{line.LevelAdmin, "enable frontend fe", "", "enable true"},
		{line.LevelAdmin, "set maxconn frontend", "A frontend name is expected.", ""},
		{line.LevelAdmin, "set maxconn frontend fe", "Integer value expected.", ""},
		{line.LevelAdmin, "set maxconn frontend fe x", "Integer value expected.", ""},
		{line.LevelAdmin, "set maxconn frontend fe -5", "Value out of range.", ""},
		{line.LevelAdmin, "set maxconn frontend fe 99999999999999999999", "Value out of range.", ""},
		{line.LevelAdmin, "set maxconn frontend fe 0", "", "frontend 0"},
		{line.LevelAdmin, "set maxconn global", "Expects an integer value.", ""},
		{line.LevelAdmin, "set maxconn global 101", "Value out of range.", "process 101"},
		{line.LevelAdmin, "set maxconn global 0", "", "process 0"},
		{line.LevelAdmin, "set maxconn server", "Require 'backend/server'.", ""},
		{line.LevelAdmin, "set maxconn server be/no 1", "No such server.", ""},
		{line.LevelAdmin, "set maxconn server be/s1", "Require <maxconn>.", ""},
		{line.LevelAdmin, "set maxconn server be/s1 x", "maxconn string empty or preceded by garbage", ""},
		{line.LevelAdmin, "set maxconn server be/s1 4", "", "be/s1 4"},
		{line.LevelAdmin, "set rate-limit connections global", "Expects an integer value.", ""},
		{line.LevelAdmin, "set rate-limit connections global 4", "", "connections 4"},
		{line.LevelAdmin, "set rate-limit sessions global 0", "", "sessions 0"},
		{line.LevelAdmin, "set rate-limit ssl-sessions global 4", "'set rate-limit' does not support 'ssl-sessions' yet.", ""},
		{line.LevelAdmin, "shutdown sessions server be/s1", "", "shutdown be/s1"},
		{line.LevelAdmin, "shutdown sessions server be", "Require 'backend/server'.", ""},
	} {
		var did []string
		w := operatedProcess{operatedWorker{Worker: testWorker(), did: &did}}
		want := tt.answer + "\n"
		if tt.answer != "" {
			want += "\n"
		}
		if got := ask(t, w, tt.level, tt.in+"\n"); got != want {
			t.Errorf("%s: %q, want %q", tt.in, got, want)
		}
		if got := strings.Join(did, ", "); got != tt.effect {
			t.Errorf("%s: did %q, want %q", tt.in, got, tt.effect)
		}
	}
	var did []string
	w := operatedProcess{operatedWorker{Worker: testWorker(), did: &did}}
	if got := ask(t, w, line.LevelAdmin, "set rate-limit connections\n"); !strings.HasPrefix(got, "'set rate-limit' only supports :\n   - 'connections global' to") || len(did) > 0 {
		t.Errorf("%q %q", got, did)
	}
}
