package build

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

func TestServerAddresses(t *testing.T) {
	run := mustBuild(t, `backend b
 server literal 192.0.2.1:80
 server mapped [::ffff:192.0.2.2]:81
 server v6 [2001:db8::1]:82 check
 server name four.test:83 check addr six.test
 server name6 ipv6@six.test:84 disabled
 server path /run/x.sock
 server hidden abns@x
 server hiddenz abnsz@x
`, Options{Threads: 2})
	want := map[string]string{
		"literal": "192.0.2.1:80", "mapped": "192.0.2.2:81", "v6": "[2001:db8::1]:82", "name": "192.0.2.4:83", "name6": "[2001:db8::6]:84",
		"path": "unix@/run/x.sock", "hidden": "abns@x", "hiddenz": "abnsz@x",
	}
	states := map[string]string{"v6": "checked", "name": "checked", "name6": "maintenance"}
	for i, s := range run.Backends[0].Servers {
		got := s.Path
		if got == "" {
			got = s.Addr.String()
		}
		if got != want[s.Name] || s.To == nil {
			t.Errorf("%s: %s, want %s", s.Name, got, want[s.Name])
		}
		state := ""
		switch {
		case s.Health.Admin&proxy.AnyMaint != 0 && s.Health.Oper == proxy.Stopped:
			state = "maintenance"
		case s.Health.Check.Enabled && s.Health.Usable():
			state = "checked"
		}
		if state != states[s.Name] {
			t.Errorf("%s: state %q, want %q", s.Name, state, states[s.Name])
		}
		if len(s.Idle) != 2 || len(s.Loops) != 2 {
			t.Errorf("%s: counters of %d and %d loops", s.Name, len(s.Idle), len(s.Loops))
		}
		ip := run.CheckIPs[run.Backends[0].Spec.Servers[i]]
		if s.Name == "name" && ip.String() != "2001:db8::6" || s.Name != "name" && ip.IsValid() {
			t.Errorf("%s: checks go to %s", s.Name, ip)
		}
	}
	if active, backup := run.Backends[0].Usable(); active != 7 || backup != 0 {
		t.Errorf("%d active, %d backup", active, backup)
	}
}

// A name that has no address of the wanted family is an alert at its line, in
// the reference's words; all are reported.
func TestUnknownHosts(t *testing.T) {
	_, messages := tryBuild(t, "backend b\n server a no.test:80\n server b ipv6@four.test:80\n server c 192.0.2.1:1 check addr no.test\n", Options{}, nil)
	want := []string{
		"ALERT [t.cfg:6] : 'server b/a' : could not resolve address 'no.test'.",
		"ALERT [t.cfg:7] : 'server b/b' : could not resolve address 'four.test'.",
		"ALERT config : [t.cfg:8] : 'server b/c' : 'addr' : invalid address: 'no.test' in 'no.test'.",
		"ALERT Failed to initialize server(s) addr.",
	}
	if diff := cmp.Diff(want, messages); diff != "" {
		t.Error(diff)
	}
}

// UNIX names: a path as it is, abns@ padded, abnsz@ not; too long ones are
// refused.
func TestUnixSockaddr(t *testing.T) {
	for _, tt := range []struct {
		family config.AF
		name   string
		ok     bool
	}{
		{config.AFUnix, "/a", true},
		{config.AFUnix, "/" + strings.Repeat("a", 106), true},
		{config.AFUnix, "/" + strings.Repeat("a", 108), false},
		{config.AFAbns, "a", true},
		{config.AFAbns, strings.Repeat("a", 107), true},
		{config.AFAbns, strings.Repeat("a", 108), false},
		{config.AFAbnsz, "a", true},
		{config.AFAbnsz, strings.Repeat("a", 108), false},
	} {
		_, err := UnixSockaddr(config.Address{Family: tt.family, Path: tt.name})
		if (err == nil) != tt.ok {
			t.Errorf("family %d, %d bytes: %v", tt.family, len(tt.name), err)
		}
	}
	padded, _ := UnixSockaddr(config.Address{Family: config.AFAbns, Path: "a"})
	plain, _ := UnixSockaddr(config.Address{Family: config.AFAbnsz, Path: "a"})
	if cmp.Equal(*padded, *plain, cmp.Exporter(func(reflect.Type) bool { return true })) {
		t.Error("abns@ and abnsz@ are the same address")
	}
}
