package logs

import (
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

func TestTargetErrors(t *testing.T) {
	pos := config.Pos{File: "a.cfg", Line: 3}
	local := config.Address{Family: config.AFIPv4, IP: netip.MustParseAddr("127.0.0.1"), Port: 514}
	for _, tt := range []struct {
		line config.LogTarget
		want string
	}{
		{config.LogTarget{Addr: local, Facility: "local8"}, "unknown log facility 'local8'"},
		{config.LogTarget{Addr: local, Level: "foo"}, "unknown optional log level 'foo'"},
		{config.LogTarget{Addr: local, MinLevel: "foo"}, "unknown optional minimum log level 'foo'"},
		{config.LogTarget{Addr: local, Format: "foo"}, "unknown log format 'foo'"},
		{config.LogTarget{Address: "no.such.host.invalid:514", Addr: config.Address{Host: "no.such.host.invalid"}}, "invalid address: 'no.such.host.invalid' in 'no.such.host.invalid:514'"},
		{config.LogTarget{Addr: config.Address{Family: config.AFUnix, Path: strings.Repeat("a", 200)}}, "socket path '" + strings.Repeat("a", 200) + "' too long (max 107)"},
	} {
		tt.line.Pos = pos
		_, err := NewHub(Options{}).Target(&tt.line, 1)
		if want := "parsing [a.cfg:3] : log : " + tt.want; err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

func TestTargetsShareAndInherit(t *testing.T) {
	h := NewHub(Options{})
	addr := config.Address{Family: config.AFIPv4, IP: netip.MustParseAddr("127.0.0.1")}
	withPort := addr
	withPort.Port = DefaultPort
	global, err := h.Targets([]*config.LogTarget{logLine(addr), logLine(config.Address{Family: config.AFStdout})}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ts, err := h.Targets([]*config.LogTarget{{Global: true}, logLine(withPort), fdLine(1), fdLine(2), logLine(config.Address{Family: config.AFStderr})}, global)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, t := range ts {
		names = append(names, t.to.name)
	}
	if got, want := strings.Join(names, " "), "udp@127.0.0.1:514 fd@1 udp@127.0.0.1:514 fd@1 fd@2 fd@2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(h.endpoints) != 3 {
		t.Errorf("%d endpoints", len(h.endpoints))
	}
}

func TestResolve(t *testing.T) {
	h := NewHub(Options{})
	tg, err := h.Target(&config.LogTarget{Addr: config.Address{Host: "localhost", Port: 5140}}, 1)
	if err != nil {
		t.Skip(err) // no name service
	}
	if tg.to.name != "udp@127.0.0.1:5140" {
		t.Errorf("got %s", tg.to.name)
	}
}

func TestReportText(t *testing.T) {
	var got string
	h := NewHub(Options{Report: func(s string) { got = s }})
	h.failed(&endpoint{number: 3}, syscall.EBADF)
	if want := "sendmsg()/writev() failed in logger #3: Bad file descriptor (errno=9)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
