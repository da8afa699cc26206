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
func (w operatedWorker) Server(backend, server string) (Server, error) {
	if backend+"/"+server != "be/s1" {
		return nil, errors.New("No such server.")
	}
	return struct{ Server }{}, nil
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
