package check

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// aServer is a backend of one server with checks of rise 2 and fall 3.
func aServer(t testing.TB) *proxy.Server {
	t.Helper()
	be := &proxy.Backend{Name: "b", ID: 2, Spec: &config.Proxy{}}
	srv := &proxy.Server{Name: "s", ID: 1, Backend: be, Weight: 10}
	be.Servers = []*proxy.Server{srv}
	srv.Health.Check = proxy.Probe{Configured: true, Enabled: true, Rise: 2, Fall: 3, Health: 2}
	if err := be.Init("roundrobin"); err != nil {
		t.Fatal(err)
	}
	return srv
}

const stateLine = "2 b 1 s 127.0.0.1 OPER ADMIN UW 10 60 6 3 HEALTH CHECK 0 0 0 - 80 - 0 0 - - 0"

func stateOf(t testing.TB, replace ...string) State {
	t.Helper()
	states, corrupted, ok := ParseStates([]byte("1\n# columns\n" + strings.NewReplacer(append(replace, "OPER", "2", "ADMIN", "0", "UW", "10", "HEALTH", "4", "CHECK", "6")...).Replace(stateLine) + "\n"))
	if !ok || len(corrupted) > 0 || len(states) != 1 {
		t.Fatalf("%v %v %v", states, corrupted, ok)
	}
	return states[0]
}

// What of a state file counts, beside what the configuration says now.
func TestRestore(t *testing.T) {
	for _, tt := range []struct {
		name     string
		replace  []string
		disabled bool
		want     string
		usable   bool
		weight   int
	}{
		{"up", nil, false, "running 0 4", true, 10},
		{"down", []string{"OPER", "0", "HEALTH", "0"}, false, "stopped 0 0", false, 10},
		{"down, one good check", []string{"OPER", "0", "HEALTH", "1"}, false, "stopped 0 1", false, 10},
		{"stopping", []string{"OPER", "3"}, false, "stopping 0 4", false, 10},
		{"starting", []string{"OPER", "1", "HEALTH", "2"}, false, "running 0 2", true, 10},
		{"weight", []string{"UW", "3"}, false, "running 0 4", true, 3},
		{"weight 0", []string{"UW", "0"}, false, "running 0 4", true, 0},
		{"maintenance", []string{"OPER", "0", "ADMIN", "1"}, false, "stopped 1 0", false, 10},
		{"drain", []string{"ADMIN", "8"}, false, "running 8 4", false, 10},
		{"was disabled, is not", []string{"OPER", "0", "ADMIN", "5"}, false, "running 0 2", true, 10},
		{"enabled at run time", []string{"ADMIN", "4"}, true, "running 4 4", true, 10},
		{"disabled since", nil, true, "stopped 5 0", false, 10},
		{"inherited", []string{"OPER", "0", "ADMIN", "2"}, false, "running 0 2", true, 10},
		{"health out of range", []string{"HEALTH", "99"}, false, "running 0 4", true, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv, spec := aServer(t), &config.Server{ServerParams: config.ServerParams{Weight: 10, Disabled: tt.disabled}}
			if tt.disabled {
				srv.Health.Admin, srv.Health.Oper = proxy.ForcedMaint|proxy.ConfigMaint, proxy.Stopped
			}
			if text := Restore(srv, spec, stateOf(t, tt.replace...), time.Now()); text != "" {
				t.Fatal(text)
			}
			h := srv.Health.Get()
			got := []string{"running", "stopped", "stopping"}[h.Oper] + " " + string(rune('0'+h.Admin)) + " " + string(rune('0'+h.Check.Health))
			if got != tt.want || h.Usable() != tt.usable || srv.UserWeight() != tt.weight {
				t.Errorf("%s, usable %v, weight %d; want %s, %v, %d", got, h.Usable(), srv.UserWeight(), tt.want, tt.usable, tt.weight)
			}
		})
	}
}

func TestRestoreFaults(t *testing.T) {
	srv := aServer(t)
	before := srv.Health.Get()
	got := Restore(srv, &config.Server{}, stateOf(t, "OPER", "9", "UW", "x"), time.Now())
	if want := "invalid srv_op_state value '9', invalid srv_uweight value 'x'"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if srv.Health.Get() != before {
		t.Error("a faulty line changed the server")
	}
}

// What StateLine writes is what ParseStates reads.
func TestStateLine(t *testing.T) {
	srv := aServer(t)
	m := NewMonitor(silent{})
	w := m.Add(srv, &config.Server{})
	w.SetState("drain")
	states, corrupted, ok := ParseStates([]byte(StateHeader + w.StateLine(time.Now()) + "\n"))
	if !ok || len(corrupted) > 0 || len(states) != 1 || states[0]["srv_admin_state"] != "8" || states[0]["srv_agent_port"] != "0" {
		t.Fatalf("%v %v %v", states, corrupted, ok)
	}
}

// A file cut anywhere, or of anything, is read without harm.
func FuzzStates(f *testing.F) {
	whole := StateHeader + strings.NewReplacer("OPER", "2", "ADMIN", "0", "UW", "10", "HEALTH", "4", "CHECK", "6").Replace(stateLine) + "\n"
	for i := range whole {
		f.Add([]byte(whole[:i]))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		states, _, _ := ParseStates(data)
		srv := aServer(t)
		for _, s := range states {
			_ = Restore(srv, &config.Server{}, s, time.Now())
			_ = s.Moved("check")
		}
		if h := srv.Health.Get(); h.Check.Health < 0 || h.Check.Health > 4 || srv.UserWeight() > 256 {
			t.Fatalf("%+v", h)
		}
	})
}
