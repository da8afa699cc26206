package worker

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// command is the answer of the runtime API.
func command(t testing.TB, s *service, text string) string {
	t.Helper()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	go s.session(pair[1], line.LevelAdmin, "", false)
	f := os.NewFile(uintptr(pair[0]), "client")
	defer f.Close()
	io.WriteString(f, text+"\n")
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(string(b), "\n")
}

// commands runs a table of commands and answers.
func commands(t testing.TB, s *service, table [][2]string) {
	t.Helper()
	for _, x := range table {
		if got := command(t, s, x[0]); got != strings.TrimRight(x[1], "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", x[0], got, x[1])
		}
	}
}

// The answers are those of HAProxy 3.5-dev5.
func TestMoveAnswers(t *testing.T) {
	s, _, _ := changeable(t, " use-server s3 if { path /x }\n", "server s1 127.0.0.1:18481 check", "server s2 127.0.0.1:18482", "server s3 unix@/nowhere", "server s4 127.0.0.1", "server s5 127.0.0.1:1 check port 5", "server s6 127.0.0.1:1 track s5")
	commands(t, s, [][2]string{
		{"set server app/s2 addr 127.0.0.1", "nothing changed"},
		{"set server app/s2 addr 127.0.0.1 port", "problem converting port '' to an int"},
		{"set server app/s2 addr 127.0.0.2", "IP changed from '127.0.0.1' to '127.0.0.2' by 'stats socket command'"},
		{"set server app/s2 addr 127.0.0.2 port 99", "port changed from '18482' to '99' by 'stats socket command'"},
		{"set server app/s2 addr 127.0.0.3 port 100", "IP changed from '127.0.0.2' to '127.0.0.3', port changed from '99' to '100' by 'stats socket command'"},
		{"set server app/s2 addr foo port 3", "Invalid addr 'foo'"},
		{"set server app/s2 addr 127.0.0.1:80", "Invalid addr '127.0.0.1:80'"},
		{"set server app/s2 addr ::1%lo", "Invalid addr '::1%lo'"},
		{"set server app/s2 addr 127.0.0.3 port abc", "problem converting port 'abc' to an int"},
		{"set server app/s2 addr 127.0.0.3 port +", "problem converting port '+' to an int"},
		{"set server app/s2 addr 127.0.0.3 port 65536", "problem converting port '65536' to an int"},
		{"set server app/s2 addr 127.0.0.3 port +10", "port changed from '100' to '+10' by 'stats socket command'"},
		{"set server app/s2 addr 127.0.0.3 port +10", "nothing changed"},
		{"set server app/s2 addr 127.0.0.3 port -5", "port changed from '+10' to '+65531' by 'stats socket command'"},
		{"set server app/s2 addr ::1", "IP changed from '127.0.0.3' to '::1' by 'stats socket command'"},
		{"set server app/s2 addr ::1 port 18482", "port changed from '+65531' to '18482' by 'stats socket command'"},
		{"set server app/s1 addr 127.0.0.1 port +3", "nothing changed"},
		{"set server app/s5 addr 127.0.0.1 port +3", "port changed from '1' to '+3' by 'stats socket command'"},
		{"set server app/s3 addr 127.0.0.1 port 3", "Update for the current server address family is only supported through configuration file."},
		{"set server app/s4 addr 127.0.0.2 port 80", "IP changed from '127.0.0.1' to '127.0.0.2', port changed from '+0' to '80' by 'stats socket command'"},
		{"set server app/s2 fqdn x", "set server <b>/<s> fqdn failed because no resolution is configured."},
		{"set server app/s2 ssl on", "'set server <srv> ssl' cannot be set.  default-server should define ssl settings"},
		{"set server app/s2 name new", "Server must be in maintenance mode to be renamed (set server <b>/<s> state maint)."},
		{"set server app/s2 check-addr foo", "health checks are not enabled on this server"},
		{"set server app/s1 check-addr foo", "invalid addr 'foo'"},
		{"set server app/s2 check-port 0", "health checks are not enabled on this server"},
		{"set server app/s5 check-port 7", ""},
		{"set server app/s5 check-port 0", ""},
		{"set server app/s1 check-port 70000", "provided port is invalid"},
		{"set server app/s2 agent-addr foo", "agent checks are not enabled on this server"},
		{"set server app/s2 agent-port 3", "agent checks are not enabled on this server"},
		{"set server app/s2 agent-send foo", "agent checks are not enabled on this server."},
		{"set server app/s2 agent up", "agent checks are not enabled on this server."},
		{"disable server app/s2; disable server app/s3; disable server app/s5", ""},
		{"set server app/s3 name new", "Cannot rename: server's name is statically referenced (use-server, track, or sample argument)."},
		{"set server app/s5 name new", "Cannot rename: server's name is statically referenced (use-server, track, or sample argument)."},
		{"set server app/s2 name b/x", "Server name contains invalid characters."},
		{"set server app/s2 name s1", "A server with the same name already exists in this backend."},
		{"set server app/s2 name new", "Server name updated."},
		{"set server app/s2 name new", "No such server."},
		{"set server app/new name new", "Server name updated."},
	})
	var at string
	s.monitor.Of(s.serverNamed(t, "s5")).ChangeCheck(func(how *check.Spec) { at = how.Address })
	if at != "127.0.0.1:3" {
		t.Errorf("s5 is checked at %s", at)
	}
	srv := s.serverNamed(t, "new")
	if spec := specOf(srv); spec.Name != "new" || spec.Address.String() != "[::1]:18482" || srv.Addr.String() != "[::1]:18482" || srv.Mapped() || srv.Keyed {
		t.Errorf("%+v, %s", srv, spec.Address)
	}
}

// A server that moves: what is kept open to the former address is closed, and the
// next request goes to the new one.
func TestMove(t *testing.T) {
	a, aConns := namedOrigin(t, "a")
	b, _ := namedOrigin(t, "b")
	s, addr, _ := changeable(t, "", "server s1 "+a)
	k := newKeptAlive(t, addr)
	if got := k.ask(); got != "200 a" {
		t.Fatal(got)
	}
	_, port, _ := strings.Cut(b, ":")
	if got := command(t, s, "set server app/s1 addr 127.0.0.1 port "+port); !strings.HasPrefix(got, "port changed from") {
		t.Fatal(got)
	}
	await(t, func() bool { return aConns.Load() == 0 })
	if got := k.ask(); got != "200 b" {
		t.Fatal(got)
	}
	// There and back: a mapped port has pools of another kind.
	if got := command(t, s, "set server app/s1 addr 127.0.0.1 port +0"); !strings.HasSuffix(got, "to '+0' by 'stats socket command'") {
		t.Fatal(got)
	}
	if srv := s.serverNamed(t, "s1"); !srv.Mapped() || !srv.Keyed {
		t.Errorf("%+v", srv.Place())
	}
	if got := command(t, s, "set server app/s1 addr 127.0.0.1 port "+port); !strings.HasPrefix(got, "port changed from '+0'") {
		t.Fatal(got)
	}
	if got := k.ask(); got != "200 b" {
		t.Fatal(got)
	}
}

func TestPublish(t *testing.T) {
	a, _ := namedOrigin(t, "a")
	s, addr, _ := changeable(t, "", "server s1 "+a)
	for _, x := range []struct{ command, answer, status string }{
		{"unpublish backend app", "Backend unpublished.", "503"},
		{"publish backend app", "Backend published.", "200"},
	} {
		if got := command(t, s, x.command); got != x.answer {
			t.Error(got)
		}
		if got := ask(t, addr, "/"); !strings.Contains(got, x.status) {
			t.Errorf("%s: %s", x.command, got)
		}
	}
}

// The values are HAProxy's (see proxy.TestDynamicCookie).
func TestDynamicCookies(t *testing.T) {
	s, _, _ := changeable(t, " cookie C insert\n", "server s1 127.0.0.1:19781", "server s2 127.0.0.1:19781 cookie own")
	cookies := func() string { return s.serverNamed(t, "s1").Cookie + " " + s.serverNamed(t, "s2").Cookie }
	for _, x := range [][2]string{
		{"enable dynamic-cookie backend app", " own"},
		{"set dynamic-cookie-key backend app mykey", "50799eeb8d7190a3 own"},
		{"set server app/s1 addr ::1", "53fc1a222ac807b9 own"},
		{"disable dynamic-cookie backend app", " own"},
	} {
		command(t, s, x[0])
		if got := cookies(); got != x[1] {
			t.Errorf("%s: %q", x[0], got)
		}
		want := s.serverNamed(t, "s1")
		if want.Cookie == "" {
			want = nil
		}
		if got := s.run.Backends[0].Cookie.Server([]byte(s.serverNamed(t, "s1").Cookie)); got != want {
			t.Errorf("%s: %v", x[0], got)
		}
	}
}
