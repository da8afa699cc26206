package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/stats"
	"github.com/sluice-proxy/sluice/internal/version"
)

type rows []stats.Row

func (rs rows) Rows(yield func(*stats.Row) bool) {
	for i := range rs {
		if !yield(&rs[i]) {
			return
		}
	}
}

// fakeWorker has one frontend and one backend.
type fakeWorker struct{ rows }

func (fakeWorker) Info() stats.Info {
	return stats.Info{Name: "Sluice", Version: "3.4.0-x", PID: 7, Uptime: time.Minute}
}

func (fakeWorker) ProxyID(name string) (int, bool) {
	id := map[string]int{"fe": 2, "be": 3}[name]
	return id, id != 0
}

func (fakeWorker) Env() []string { return []string{"HOME=/root", "EMPTY=", "TWO=a\n\nb", "HOMER=x"} }

func (fakeWorker) Sockets() []Socket {
	return []Socket{{"unix@/tmp/a.sock", line.LevelAdmin}, {"ipv4@127.0.0.1:19571", line.LevelUser}}
}

func (fakeWorker) StartupLogs() string {
	return "[NOTICE]   (7) : one\n[WARNING]  (7) : two\n\nlines\n"
}

func testWorker() Worker {
	return fakeWorker{rows{
		{Kind: stats.Frontend, Proxy: "fe", ProxyID: 2, Status: "OPEN", HTTP: true, Mode: "http"},
		{Kind: stats.Server, Proxy: "be", Name: "s1", ProxyID: 3, ID: 1, Status: "DOWN", Down: true},
		{Kind: stats.Server, Proxy: "be", Name: "s2", ProxyID: 3, ID: 2, Status: "MAINT", Maint: true},
		{Kind: stats.Backend, Proxy: "be", ProxyID: 3, Status: "DOWN", Total: 2},
	}}
}

type client struct {
	io.Reader
	io.Writer
}

func ask(t *testing.T, w Worker, level line.Level, in string) string {
	t.Helper()
	var out bytes.Buffer
	if err := line.Serve(client{strings.NewReader(in), &out}, line.Config{Table: Table(w), Level: level}); err != nil {
		t.Fatalf("%q: %v", in, err)
	}
	return out.String()
}

// The answers of HAProxy 3.5-dev5 to the same commands.
func TestCommands(t *testing.T) {
	tests := []struct {
		level    line.Level
		in, want string
	}{
		{line.LevelUser, "show version", version.String + "\n\n"},
		{line.LevelUser, "show version xx", version.String + "\n\n"},
		{line.LevelUser, "set severity-output number -;show version", "[6]: " + version.String + "\n\n"},
		{line.LevelUser, "show cli sockets", "# socket lvl processes\nunix@/tmp/a.sock admin all\nipv4@127.0.0.1:19571 user all\n\n"},
		{line.LevelUser, "show env", "Permission denied\n\n"},
		{line.LevelUser, "show events buf0", "Permission denied\n\n"},
		{line.LevelOperator, "show events nope", "No such event sink\n\n"},
		{line.LevelOperator, "show events buf0 -x", "unknown option\n\n"},
		{line.LevelOperator, "show events buf0 -nw", "Waiting for events is not supported yet\n\n"},
		{line.LevelOperator, "show events stderr", "Nothing to report for this sink\n\n"},
		{line.LevelOperator, "show env", "HOME=/root\nEMPTY=\nTWO=a\nb\nHOMER=x\n\n"},
		{line.LevelOperator, "show env HOME", "HOME=/root\n\n"},
		{line.LevelOperator, "show env EMPTY PATH", "EMPTY=\n\n"},
		{line.LevelOperator, "show env H;show env HOME=", "Variable not found\n\nVariable not found\n\n"},
		{line.LevelUser, "show startup-logs", "Permission denied\n\n"},
		{line.LevelOperator, "show startup-logs", "[NOTICE]   (7) : one\n[WARNING]  (7) : two\nlines\n\n"},
		{line.LevelUser, "show stat -1 8 -1 json;show stat -1 8 -1 typed", "[]\n\n\n"},
		{line.LevelUser, "show schema json", stats.Schema + "\n"},
		{line.LevelUser, "show stat zz 4 -1;show stat 0 -1 -1", "No such proxy.\n\nNo such proxy.\n\n"},
		{line.LevelUser, "show stat no-maint up zz", "No such proxy.\n\n"},
		{line.LevelUser, "show stat domain;show stat domain zz", "Invalid statistics domain.\n\nInvalid statistics domain.\n\n"},
		{line.LevelUser, "show stat domain resolvers", "'show stat' does not support 'resolvers' yet.\n\n"},
		{line.LevelAdmin, "show cli level;echo a  b", "admin\n\na b\n\n"},
	}
	for _, tt := range tests {
		if d := cmp.Diff(tt.want, ask(t, testWorker(), tt.level, tt.in+"\n")); d != "" {
			t.Errorf("%s: %s", tt.in, d)
		}
	}
}

func TestShowStat(t *testing.T) {
	tests := []struct{ in, want string }{
		{"show stat", "fe/FRONTEND=OPEN be/s1=DOWN be/s2=MAINT be/BACKEND=DOWN"},
		{"show stat foo", "fe/FRONTEND=OPEN be/s1=DOWN be/s2=MAINT be/BACKEND=DOWN"},
		{"show stat up", "fe/FRONTEND=OPEN be/BACKEND=DOWN (0/2)"},
		{"show stat up no-maint", "fe/FRONTEND=OPEN be/BACKEND=DOWN (0/2)"},
		{"show stat no-maint", "fe/FRONTEND=OPEN be/s1=DOWN be/BACKEND=DOWN (0/2)"},
		{"show stat 3 4 -1", "be/s1=DOWN be/s2=MAINT"},
		{"show stat #3 -1 2", "be/s2=MAINT be/BACKEND=DOWN"},
		{"show stat be 6 1", "be/s1=DOWN be/BACKEND=DOWN"},
		{"show stat 2x -1 -1", "fe/FRONTEND=OPEN"},
		{"show stat -1 4 -1", "be/s1=DOWN be/s2=MAINT"},
		{"show stat 3 7 -1 no-maint", "be/s1=DOWN be/BACKEND=DOWN (0/2)"},
		{"show stat domain proxy be 4 -1 up", ""},
		{"show stat 99 -1 -1", ""},
		{"show stat be zz zz", ""},
		{"show stat 3 4", "fe/FRONTEND=OPEN be/s1=DOWN be/s2=MAINT be/BACKEND=DOWN"},
	}
	for _, tt := range tests {
		answer := ask(t, testWorker(), line.LevelUser, tt.in+"\n")
		lines := strings.Split(answer, "\n")
		if !strings.HasPrefix(lines[0], "# pxname,svname,") || !strings.HasSuffix(answer, ",\n\n") {
			t.Errorf("%s: %s", tt.in, answer)
		}
		var got []string
		for _, l := range lines[1 : len(lines)-2] {
			c := strings.Split(l, ",")
			got = append(got, c[0]+"/"+c[1]+"="+c[17])
		}
		if d := cmp.Diff(tt.want, strings.Join(got, " ")); d != "" {
			t.Errorf("%s: %s", tt.in, d)
		}
	}
}

func TestShowInfo(t *testing.T) {
	got := ask(t, testWorker(), line.LevelUser, "show info\n")
	if !strings.HasPrefix(got, "Name: Sluice\nVersion: 3.4.0-x\n") || !strings.Contains(got, "\nPid: 7\nUptime: 0d 0h01m00s\nUptime_sec: 60\n") ||
		!strings.HasSuffix(got, "NbThreadGroups: 0\n\n") {
		t.Errorf("show info:\n%s", got)
	}
}

// The words that say how values are written, in any order and number.
func TestForms(t *testing.T) {
	tests := []struct{ in, begin, has string }{
		{"show info typed", "0.Name.1:POSV:str:Sluice\n", "\n8.Uptime_sec.1:MDPV:u32:60\n"},
		{"show info float typed desc", "0.Name.1:POSV:str:Sluice:\"", "\n8.Uptime_sec.1:MDPV:flt:60.000000:\""},
		{"show info json", `[{"field":{"pos":0,"name":"Name"},"processNum":1,"tags":{"origin":"Product","nature":"Output","scope":"Service"},"value":{"type":"str","value":"Sluice"}},{`, "}}]\n"},
		{"show info desc", "Name: Sluice:\"", "\nUptime_sec: 60:\""},
		{"show info foo", "Name: Sluice\n", "\nUptime_sec: 60\n"},
		{"show stat typed", "F.2.0.0.pxname.1:KNSV:str:fe\nF.2.0.1.svname.1:KNSV:str:FRONTEND\n", "\nS.3.1.17.status.1:SGPV:str:DOWN\n"},
		{"show stat be 2 -1 typed up", "B.3.0.0.pxname.1:KNSV:str:be\n", "\nB.3.0.17.status.1:SGPV:str:DOWN (0/2)\n"},
		{"show stat json", `[[{"objType":"Frontend","proxyId":2,"id":0,"field":{"pos":0,"name":"pxname"},`, `}}]]` + "\n"},
	}
	for _, tt := range tests {
		got := ask(t, testWorker(), line.LevelUser, tt.in+"\n")
		if !strings.HasPrefix(got, tt.begin) || !strings.Contains(got, tt.has) || !strings.HasSuffix(got, "\n\n") {
			t.Errorf("%s: %s", tt.in, got)
		}
	}
}

// The lines of "help" for the commands that exist in the reference as well are its own.
func TestHelp(t *testing.T) {
	want := `The following commands are valid at this level:
  echo <text>                             : print text to the output
  operator                                : lower the level of the current CLI session to operator
  set severity-output [none|number|string]: set presence of severity level in feedback information
  set timeout [cli] <delay>               : change a timeout setting
  show cli level                          : display the level of the current CLI session
  show cli sockets                        : dump list of cli sockets
  show env [var]                          : dump environment variables known to the process
  show events [<sink>] [-w] [-n] [-0]     : show event sink state
  show info [desc|json|typed|float]*      : report information about the running process
  show schema json                        : report schema used for stats
  show startup-logs                       : report logs emitted during HAProxy startup
  show stat [desc|json|no-maint|typed|up]*: report counters for each proxy and server
  show version                            : show version of the current process
  user                                    : lower the level of the current CLI session to user
  help [<command>]                        : list matching or all commands
  prompt [help | n | i | p | timed ]*     : toggle interactive mode with prompt
  quit                                    : disconnect

`
	if d := cmp.Diff(want, ask(t, testWorker(), line.LevelAdmin, "help\n")); d != "" {
		t.Error(d)
	}
}
