package worker

import (
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// watched is a service whose checks are told by the test. Nothing else runs.
func watched(t *testing.T, text string) (*service, *lines, receiver) {
	t.Helper()
	r := newReceiver(t)
	l, said := newLoad(t, timeoutLines+" log "+r.c.LocalAddr().String()+" local0\n"+text)
	s := &service{load: l, run: l.run, report: l.report}
	s.logger = l.run.Hub.NewLogger(func() int64 { return time.Now().UnixNano() })
	l.run.Hub.Open()
	t.Cleanup(func() { s.logger.Close(); l.run.Hub.Close() })
	s.watch()
	return s, said, r
}

// told hands a check's outcome in.
func (s *service) told(srv *proxy.Server, r check.Result) { s.monitor.Of(srv).Told(r) }

var (
	refused = check.Result{Status: "L4CON", Info: "Connection refused", Took: 3 * time.Millisecond}
	wrong   = check.Result{Status: "L7STS", Code: 500, Info: "Bad", Took: time.Millisecond}
	good    = check.Result{Status: "L7OK", Code: 200}
	opened  = check.Result{Status: "L4OK"}
)

// The words are those that the reference printed and logged in the same
// situations.
func TestAnnounce(t *testing.T) {
	s, said, logged := watched(t, `
backend a
 server s 127.0.0.1:1 check fall 1 rise 1
 server bk 127.0.0.1:1 check backup fall 1 rise 1
 server plain 127.0.0.1:1 disabled
listen g
 bind 127.0.0.1:1
 server s 127.0.0.1:1 check fall 1
`)
	a, g := s.run.Backends[0], s.run.Backends[1]
	for _, tt := range []struct {
		name   string
		srv    *proxy.Server
		r      check.Result
		up     bool
		stderr []string
		log    []string
	}{
		{"down, a backup is left", a.Servers[0], refused, false,
			[]string{`[WARNING]  (42) : Server a/s is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 3ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.`},
			[]string{`<129> Server a/s is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 3ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.`}},
		{"the last goes", a.Servers[1], wrong, false,
			[]string{`[WARNING]  (42) : Backup Server a/bk is DOWN, reason: Layer7 wrong status, code: 500, info: "Bad", check duration: 1ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`,
				`[ALERT]    (42) : backend 'a' has no server available!`},
			[]string{`<129> Backup Server a/bk is DOWN, reason: Layer7 wrong status, code: 500, info: "Bad", check duration: 1ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`,
				`<128> backend a has no server available!`}},
		{"a backup comes back", a.Servers[1], opened, true,
			[]string{`[WARNING]  (42) : Backup Server a/bk is UP, reason: Layer4 check passed, check duration: 0ms. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue.`},
			[]string{`<133> Backup Server a/bk is UP, reason: Layer4 check passed, check duration: 0ms. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue.`}},
		{"the active one, too", a.Servers[0], good, true,
			[]string{`[WARNING]  (42) : Server a/s is UP, reason: Layer7 check passed, code: 200, check duration: 0ms. 1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.`},
			[]string{`<133> Server a/s is UP, reason: Layer7 check passed, code: 200, check duration: 0ms. 1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.`}},
		{"of a listen section", g.Servers[0], check.Result{Status: "L4TOUT"}, false,
			[]string{`[WARNING]  (42) : Server g/s is DOWN, reason: Layer4 timeout, check duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`,
				`[ALERT]    (42) : proxy 'g' has no server available!`},
			[]string{`<129> Server g/s is DOWN, reason: Layer4 timeout, check duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`,
				`<128> proxy g has no server available!`}},
	} {
		for h := tt.srv.Health.Get(); (h.Oper == proxy.Running) != tt.up; h = tt.srv.Health.Get() {
			s.told(tt.srv, tt.r)
		}
		equal(t, tt.name, said.take(), tt.stderr)
		for _, want := range tt.log {
			if got := logged.next(); got != want {
				t.Errorf("%s: logged\n%s\nwant\n%s", tt.name, got, want)
			}
		}
	}
}

// With log-health-checks each change is a line, repetitions are none, and the
// reason is not said twice.
func TestLogHealthChecks(t *testing.T) {
	s, said, logged := watched(t, `
backend a
 option log-health-checks
 server s 127.0.0.1:1 check fall 2 rise 2
 server bk 127.0.0.1:1 check backup fall 2 rise 2
`)
	srv, bk := s.run.Backends[0].Servers[0], s.run.Backends[0].Servers[1]
	for i, step := range []struct {
		srv  *proxy.Server
		r    check.Result
		want []string
	}{
		{srv, good, []string{`Health check for server a/s succeeded, reason: Layer7 check passed, code: 200, check duration: 0ms, status: 2/2 UP.`}},
		{srv, good, nil},
		{bk, refused, []string{`Health check for backup server a/bk failed, reason: Layer4 connection problem, info: "Connection refused", check duration: 3ms, status: 0/2 DOWN.`,
			`Backup Server a/bk is DOWN. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`}},
		{srv, wrong, []string{`Health check for server a/s failed, reason: Layer7 wrong status, code: 500, info: "Bad", check duration: 1ms, status: 1/2 UP.`}},
		{srv, wrong, []string{`Health check for server a/s failed, reason: Layer7 wrong status, code: 500, info: "Bad", check duration: 1ms, status: 0/2 DOWN.`,
			`Server a/s is DOWN. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`, `backend 'a' has no server available!`}},
		{srv, wrong, nil},
		{srv, good, []string{`Health check for server a/s succeeded, reason: Layer7 check passed, code: 200, check duration: 0ms, status: 1/2 DOWN.`}},
		{srv, good, []string{`Health check for server a/s succeeded, reason: Layer7 check passed, code: 200, check duration: 0ms, status: 2/2 UP.`,
			`Server a/s is UP. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.`}},
	} {
		s.told(step.srv, step.r)
		var got []string
		for _, line := range said.take() {
			got = append(got, line[len("[WARNING]  (42) : "):])
		}
		equal(t, "step "+string(rune('0'+i)), got, step.want)
	}
	if got, want := logged.next(), `<133> Health check for server a/s succeeded, reason: Layer7 check passed, code: 200, check duration: 0ms, status: 2/2 UP.`; got != want {
		t.Errorf("logged %s, want %s", got, want)
	}
}

// What the checks leave behind for statistics: failures count only while the
// server is up.
func TestCheckedHealth(t *testing.T) {
	s, _, _ := watched(t, "backend a\n server s 127.0.0.1:1 check fall 2 rise 2\n")
	srv := s.run.Backends[0].Servers[0]
	for i, step := range []struct {
		r            check.Result
		status       string
		fails, downs int64
		usable       int
	}{
		{good, "UP", 0, 0, 1}, {wrong, "UP 1/2", 1, 0, 1}, {wrong, "DOWN", 2, 1, 0}, {wrong, "DOWN", 2, 1, 0}, {good, "DOWN 1/2", 2, 1, 0}, {good, "UP", 2, 1, 1},
	} {
		s.told(srv, step.r)
		h := srv.Health.Get()
		active, _ := srv.Backend.Usable()
		if got := serverStatus(&h); got != step.status || h.Fails != step.fails || h.Downs != step.downs || active != step.usable {
			t.Errorf("step %d: %s, %d failures, %d downs, %d usable; want %+v", i, got, h.Fails, h.Downs, active, step)
		}
	}
}

func TestServerStatus(t *testing.T) {
	probe := func(status string, health int) proxy.Probe {
		return proxy.Probe{Configured: true, Enabled: true, Rise: 2, Fall: 3, Health: health, Status: status}
	}
	agent := proxy.Probe{Configured: true, Enabled: true, Rise: 1, Fall: 1, Health: 1}
	down := agent
	down.Health = 0
	other := &proxy.Server{Name: "s", Backend: &proxy.Backend{Name: "b"}}
	other.Health.Check = probe("L4CON", 3)
	for _, tt := range []struct {
		h    proxy.HealthView
		want string
	}{
		{proxy.HealthView{}, "no check"},
		{proxy.HealthView{Oper: proxy.Stopped}, "DOWN"},
		{proxy.HealthView{Admin: proxy.ForcedMaint, Check: probe("L4OK", 4)}, "MAINT"},
		{proxy.HealthView{Admin: proxy.ForcedMaint | proxy.ConfigMaint}, "MAINT"},
		{proxy.HealthView{Admin: proxy.ConfigMaint, Check: probe("L4OK", 4)}, "UP"}, // enabled since
		{proxy.HealthView{Admin: proxy.NoAddress}, "MAINT (resolution)"},
		{proxy.HealthView{Admin: proxy.InheritedMaint, Tracks: other}, "MAINT (via b/s)"},
		{proxy.HealthView{Check: probe("", 2)}, "UP"}, // not checked yet
		{proxy.HealthView{Check: probe("L4OK", 4)}, "UP"},
		{proxy.HealthView{Check: probe("L4CON", 3)}, "UP 2/3"},
		{proxy.HealthView{Check: probe("L4CON", 2)}, "UP 1/3"},
		{proxy.HealthView{Oper: proxy.Stopped, Check: probe("L4CON", 0)}, "DOWN"},
		{proxy.HealthView{Oper: proxy.Stopped, Check: probe("L4OK", 1)}, "DOWN 1/2"},
		{proxy.HealthView{Oper: proxy.Stopping, Check: probe("L7OKC", 4)}, "NOLB"},
		{proxy.HealthView{Oper: proxy.Stopping, Check: probe("L4CON", 3)}, "NOLB 2/3"},
		{proxy.HealthView{Admin: proxy.ForcedDrain}, "DRAIN"},
		{proxy.HealthView{Admin: proxy.ForcedDrain, Check: probe("L4OK", 4)}, "DRAIN"},
		{proxy.HealthView{Admin: proxy.ForcedDrain, Agent: agent}, "DRAIN (agent)"},
		{proxy.HealthView{Oper: proxy.Stopped, Agent: down}, "DOWN (agent)"},
		{proxy.HealthView{Agent: agent}, "no check"},
		{proxy.HealthView{Tracks: other}, "UP 2/3"},
	} {
		if got := serverStatus(&tt.h); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.h, got, tt.want)
		}
	}
}
