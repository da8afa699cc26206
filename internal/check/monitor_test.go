package check

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// heard is a Reporter that remembers.
type heard struct{ lines []string }

func (h *heard) Say(_ *proxy.Backend, _ logs.Level, text string) { h.lines = append(h.lines, text) }
func (h *heard) Empty(be *proxy.Backend)                         { h.lines = append(h.lines, be.Name+" is empty") }
func (h *heard) Shutdown(srv *proxy.Server, cause byte) {
	h.lines = append(h.lines, fmt.Sprintf("shutdown %s %c", srv.Name, cause))
}

// farm is two backends: b with s1, which is checked, s2 and a backup; c with t1,
// which tracks b/s1, and t2, which tracks that.
type farm struct {
	*heard
	m *Monitor
	w map[string]*Watch
}

func newFarm(t *testing.T, s1 config.ServerChecks) *farm {
	t.Helper()
	f := &farm{heard: &heard{}, w: map[string]*Watch{}}
	f.m = NewMonitor(f.heard)
	for _, b := range []struct{ name, servers string }{{"b", "s1 s2 bk"}, {"c", "t1 t2"}} {
		be := &proxy.Backend{Name: b.name, Spec: &config.Proxy{}}
		for i, name := range strings.Fields(b.servers) {
			srv := &proxy.Server{Name: name, Index: i, Backend: be, Weight: 10, Backup: name == "bk"}
			spec := &config.Server{Name: name}
			if name == "s1" {
				spec.ServerChecks = s1
				srv.Health.Check = proxy.Probe{Configured: true, Enabled: true, Rise: 2, Fall: 3}
				srv.Health.Agent = proxy.Probe{Configured: true, Enabled: true, Rise: 1, Fall: 1, Health: 1}
			}
			Begin(&srv.Health.HealthView, s1.InitState)
			be.Servers = append(be.Servers, srv)
			f.w[b.name+"/"+name] = f.m.Add(srv, spec)
		}
		if err := be.Init("roundrobin"); err != nil {
			t.Fatal(err)
		}
	}
	f.w["c/t1"].Track(f.w["b/s1"])
	f.w["c/t2"].Track(f.w["c/t1"])
	f.m.Inherit()
	return f
}

func (f *farm) take() string {
	text := strings.Join(f.lines, "\n")
	f.lines = nil
	return text
}

var (
	fine = Result{Status: "L7OK", Code: 200}
	gone = Result{Status: "L7OKC", Code: 404}
	bad  = Result{Status: "L7STS", Code: 500, Info: "no"}
)

// What is said, and what follows for servers that track, in the words of the
// reference for the same events.
func TestMonitor(t *testing.T) {
	f := newFarm(t, config.ServerChecks{OnMarkedDown: true, OnMarkedUp: true})
	s1 := f.w["b/s1"]
	agent := func(line string) func() {
		return func() { a := parseAgent(line); s1.toldByAgent(Result{Status: a.status, Info: a.info, agent: a}) }
	}
	tell := func(r Result) func() { return func() { s1.Told(r) } }
	left, online := " backup servers left.", " backup servers online."
	for _, tt := range []struct {
		name string
		do   func()
		want string
	}{
		{"good", tell(fine), ""},
		{"drain", func() { s1.SetState("drain") }, "Server b/s1 enters drain state. 1 active and 1" + online + " 0 sessions requeued, 0 total in queue.\n" +
			"Server c/t1 enters drain state via b/s1. 1 active and 0" + online + " 0 sessions requeued, 0 total in queue.\n" +
			"Server c/t2 enters drain state via c/t1. 0 active and 0" + online + " 0 sessions requeued, 0 total in queue.\nc is empty"},
		{"again", func() { s1.SetState("drain") }, ""},
		{"ready", func() { s1.SetState("ready") }, "Server b/s1 is UP (leaving forced drain).\nServer c/t1 is UP (leaving drain) via b/s1.\nServer c/t2 is UP (leaving drain) via c/t1."},
		{"maint", func() { f.w["c/t1"].SetState("maint") }, "Server c/t1 is going DOWN for maintenance. 1 active and 0" + left + " 0 sessions active, 0 requeued, 0 remaining in queue.\n" +
			"Server c/t2 is going DOWN for maintenance via c/t1. 0 active and 0" + left + " 0 sessions active, 0 requeued, 0 remaining in queue.\nc is empty"},
		{"ready again", func() { f.w["c/t1"].SetState("ready") }, "Server c/t1 is UP/READY (leaving forced maintenance).\nServer c/t2 is UP/READY (leaving maintenance)."},
		{"404", tell(gone), "Server b/s1 is stopping, reason: Layer7 check conditionally passed, code: 404, check duration: 0ms. 1 active and 1" + online + " 0 sessions requeued, 0 total in queue.\n" +
			"Server c/t1 is stopping via b/s1. 1 active and 0" + online + " 0 sessions requeued, 0 total in queue.\nServer c/t2 is stopping via c/t1. 0 active and 0" + online + " 0 sessions requeued, 0 total in queue.\nc is empty"},
		{"bad once", tell(bad), ""},
		{"bad twice", tell(bad), ""},
		{"bad thrice", tell(bad), "Server b/s1 is DOWN, reason: Layer7 wrong status, code: 500, info: \"no\", check duration: 0ms. 1 active and 1" + left + " 0 sessions active, 0 requeued, 0 remaining in queue.\nshutdown s1 D\n" +
			"Server c/t1 is DOWN via b/s1. 0 active and 0" + left + " 0 sessions active, 0 requeued, 0 remaining in queue.\nServer c/t2 is DOWN via c/t1. 0 active and 0" + left + " 0 sessions active, 0 requeued, 0 remaining in queue."},
		{"404 brings nobody back", tell(gone), ""},
		{"agent up does not either", agent("up"), ""},
		{"good once", tell(fine), ""},
		{"good twice", tell(fine), "Server b/s1 is UP, reason: Layer7 check passed, code: 200, check duration: 0ms. 2 active and 1" + online + " 0 sessions requeued, 0 total in queue.\nshutdown bk U\n" +
			"Server c/t1 is UP via b/s1. 1 active and 0" + online + " 0 sessions requeued, 0 total in queue.\nServer c/t2 is UP via c/t1. 2 active and 0" + online + " 0 sessions requeued, 0 total in queue."},
		{"the agent's no", agent("stopped #disk"), "Server b/s1 is DOWN, reason: Layer7 wrong status, code: 0, info: \"via agent : stopped (disk)\", check duration: 0ms. 1 active and 1" + left + " 0 sessions active, 0 requeued, 0 remaining in queue.\nshutdown s1 D\n" +
			"Server c/t1 is DOWN via b/s1. 1 active and 0" + left + " 0 sessions active, 0 requeued, 0 remaining in queue.\nServer c/t2 is DOWN via c/t1. 0 active and 0" + left + " 0 sessions active, 0 requeued, 0 remaining in queue.\nc is empty"},
		{"checks cannot overrule it", tell(fine), ""},
		{"an agent that is silent", func() { s1.toldByAgent(Result{Status: "L4CON"}) }, ""},
		{"command line, agent up", func() { s1.SetAgent("up") }, "Server b/s1 is UP, changed from CLI. 2 active and 1" + online + " 0 sessions requeued, 0 total in queue.\nshutdown bk U\n" +
			"Server c/t1 is UP via b/s1. 1 active and 0" + online + " 0 sessions requeued, 0 total in queue.\nServer c/t2 is UP via c/t1. 2 active and 0" + online + " 0 sessions requeued, 0 total in queue."},
		{"a weight", agent("weight:50% maxconn:7"), ""},
	} {
		tt.do()
		if got := f.take(); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
	if srv := s1.srv; srv.UserWeight() != 5 || srv.Limit() != 7 {
		t.Errorf("weight %d, limit %d", srv.UserWeight(), srv.Limit())
	}
	if h := s1.srv.Health.Get(); h.Downs != 2 || h.Fails != 3 {
		t.Errorf("%d downs, %d failures", h.Downs, h.Fails)
	}
	if text := f.w["c/t1"].SetHealth("up"); text != "cannot change health on a tracking server." {
		t.Error(text)
	}
}

// Errors in the traffic become failed checks, or what "on-error" says.
func TestObserve(t *testing.T) {
	for _, tt := range []struct {
		mode, onError string
		events        string // . good answer, ! status 500, x no connection, o connection
		health        int    // of rise 2 and fall 3, from 4 on
		fails         int64
	}{
		{"layer7", "", "!!!", 3, 1},
		{"layer7", "", "!!.!!", 4, 0},
		{"layer7", "", "!!o!", 3, 1},
		{"layer4", "", "!!!!!!", 4, 0},
		{"layer4", "", "xxoxx", 4, 0},
		{"layer4", "", "xxx", 3, 1},
		{"layer7", "sudden-death", "!!!", 2, 1},
		{"layer7", "mark-down", "!!!", 0, 1},
		{"layer7", "fastinter", "!!!", 4, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFarm(t, config.ServerChecks{Observe: tt.mode, OnError: tt.onError, ErrorLimit: 3, InitState: "fully-up"})
			srv := f.w["b/s1"].srv
			for _, e := range tt.events {
				switch e {
				case '.':
					f.m.Answered(srv, 200, "")
				case '!':
					f.m.Answered(srv, 500, "")
				default:
					f.m.Connected(srv, e == 'o')
				}
			}
			synctest.Wait()
			if h := srv.Health.Get(); h.Check.Health != tt.health || h.Fails != tt.fails || (h.Oper == proxy.Stopped) != (tt.health == 0) {
				t.Errorf("%+v: health %d, %d failures, state %d", tt, h.Check.Health, h.Fails, h.Oper)
			}
		})
	}
}

func TestParseAgent(t *testing.T) {
	for line, want := range map[string]agentAnswer{
		"":                        {status: "CHECKED"},
		"up":                      {status: "L7OK", info: "via agent : up"},
		"UP Ready":                {status: "L7OK", info: "via agent : UP", admin: "ready"},
		"down #because of, me":    {status: "L7STS", info: "via agent : down (because of, me)"},
		"down up":                 {status: "L7OK", info: "via agent : up"},
		"maint drain":             {status: "CHECKED", admin: "drain"},
		"50% down":                {status: "L7STS", info: "via agent : down", weight: "50%"},
		"up junk 50%":             {status: "L7OK", info: "via agent : up (junk)", weight: "50%"},
		"junk1 junk2":             {status: "CHECKED", info: "agent reports an error : junk1"},
		"-5%":                     {status: "CHECKED", info: "agent reports an error : -5%"},
		"300":                     {status: "CHECKED", info: "agent reports an error : 300"},
		"100x%":                   {status: "CHECKED", info: "agent warns : Trailing garbage in weight string"},
		"weight:":                 {status: "CHECKED", info: "agent warns : Require <weight> or <weight%>."},
		"weight:abc":              {status: "CHECKED", info: "agent warns : Empty weight string empty or preceded by garbage"},
		"weight:257":              {status: "CHECKED", info: "agent warns : Absolute weight can only be between 0 and 256 inclusive."},
		"up\tweight:77,maxconn:3": {status: "L7OK", info: "via agent : up", weight: "77", maxconn: "3"},
		"maxconn:abc":             {status: "CHECKED", info: "agent warns : maxconn string empty or preceded by garbage"},
	} {
		if got := *parseAgent(line); got != want {
			t.Errorf("%q: %+v, want %+v", line, got, want)
		}
	}
}

func FuzzParseAgent(f *testing.F) {
	for _, s := range []string{"up weight:50% maxconn:3 #x", "%", "weight:", "\t,#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		a := parseAgent(line)
		if n, rest := leadingInt(a.weight); a.weight != "" && (n < 0 || rest != "" && rest != "%") {
			t.Fatalf("weight %q", a.weight)
		}
	})
}

// A server whose checks are between two runs costs a timer and its settings.
func TestMemory(t *testing.T) {
	const servers, limit = 10000, 1024 // bytes a server
	be := &proxy.Backend{Name: "b", Spec: &config.Proxy{}}
	m := NewMonitor(silent{})
	spec := &config.Server{}
	var all []*Watch
	for i := range servers {
		srv := &proxy.Server{Index: i, Backend: be, Weight: 1}
		be.Servers = append(be.Servers, srv)
		all = append(all, m.Add(srv, spec))
	}
	measure := func() uint64 {
		var ms runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&ms)
		return ms.HeapAlloc + ms.StackInuse
	}
	before := measure()
	for _, w := range all {
		w.Check(Spec{Inter: time.Hour}, time.Hour)
	}
	used := (measure() - before) / servers
	t.Logf("%d bytes a check", used)
	if used > limit {
		t.Errorf("%d bytes a check, more than %d", used, limit)
	}
	for _, w := range all {
		w.check.stop()
	}
	runtime.KeepAlive(slices.Clone(all))
}

// Commands come while checks run: nothing waits for itself.
func TestCommandsWhileChecking(t *testing.T) {
	f := newFarm(t, config.ServerChecks{})
	w := f.w["b/s1"]
	f.m.report = silent{}
	w.Check(Spec{Inter: time.Millisecond, FastInter: time.Millisecond, DownInter: time.Millisecond, Run: func() Result { return fine }}, 0)
	w.Agent(Spec{Inter: time.Millisecond, Run: func() Result {
		a := parseAgent("up 50%")
		return Result{Status: a.status, agent: a}
	}}, 0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 300 {
			w.SetState([]string{"maint", "drain", "ready"}[i%3])
			w.SetHealth([]string{"up", "down"}[i%2])
			w.EnableCheck(i%5 != 0)
			w.ChangeCheck(func(s *Spec) { s.Move(Moved{Port: 1}) })
			_ = w.StateLine(time.Now())
			w.enough(Result{Status: "HANA", Took: -1})
			time.Sleep(100 * time.Microsecond)
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		buf := make([]byte, 1<<16)
		t.Fatalf("stuck:\n%s", buf[:runtime.Stack(buf, true)])
	}
	w.check.stop()
	w.agent.stop()
}
