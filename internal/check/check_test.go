package check

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// server answers every connection as f says; f closes it.
func server(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go f(c)
		}
	}()
	return l.Addr().String()
}

// Intervals follow the state: inter when steady, fastinter between, downinter
// when down.
func TestIntervals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		be := &proxy.Backend{Name: "b", Spec: &config.Proxy{}}
		srv := &proxy.Server{Name: "s", Backend: be, Weight: 1}
		be.Servers = []*proxy.Server{srv}
		srv.Health.Check = proxy.Probe{Configured: true, Enabled: true, Rise: 2, Fall: 2, Health: 2}
		if err := be.Init("roundrobin"); err != nil {
			t.Fatal(err)
		}
		m := NewMonitor(silent{})
		w := m.Add(srv, &config.Server{})
		up := true
		var at []time.Duration
		began := time.Now()
		spec := Spec{Inter: 10 * time.Second, FastInter: time.Second, DownInter: 30 * time.Second}
		spec.Run = func() Result {
			at = append(at, time.Since(began))
			ok := up
			switch len(at) {
			case 3: // steady: 2 good checks of rise 2 fall 2 take it there
				up = false
			case 6:
				up = true
			}
			if ok {
				return Result{Status: "L4OK"}
			}
			return Result{Status: "L4CON"}
		}
		w.Check(spec, 0)
		time.Sleep(150 * time.Second)
		w.check.stop()
		want := []time.Duration{0, 10, 20, 30, 31, 61, 91, 92, 102}
		for i, w := range want {
			if i >= len(at) || at[i].Round(time.Second) != w*time.Second {
				t.Fatalf("check %d of %v, want %v", i, at, want)
			}
		}
	})
}

// silent is a Reporter that nobody hears.
type silent struct{}

func (silent) Say(*proxy.Backend, logs.Level, string) {}
func (silent) Empty(*proxy.Backend)                   {}
func (silent) Shutdown(*proxy.Server, byte)           {}
