package build

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// Each side has its own probes, in whole seconds.
func TestConnOptions(t *testing.T) {
	o := config.ConnOptions{
		ServerKeepAlive: true, ServerProbes: config.Probes{Count: 3, Idle: 1500 * time.Millisecond, Interval: time.Second},
		ClientProbes: config.Probes{Count: 9}, NoLinger: true, SpliceResponse: true,
	}
	want := proxy.ConnOptions{NoLinger: true, SpliceDown: true}
	if d := cmp.Diff(want, clientOptions(&o)); d != "" {
		t.Error("client: " + d)
	}
	want.KeepAlive = &sys.KeepAlive{Count: 3, Idle: 2, Interval: 1}
	if d := cmp.Diff(want, serverOptions(&o)); d != "" {
		t.Error("server: " + d)
	}
}

func TestPool(t *testing.T) {
	for name, x := range map[string]struct {
		p    config.PoolParams
		want proxy.Pool
	}{
		"defaults":      {config.PoolParams{MaxConn: -1, PurgeDelay: time.Second, MaxReuse: -1}, proxy.Pool{Purge: 1e9}},
		"none":          {config.PoolParams{MaxConn: 0, PurgeDelay: time.Second, MaxReuse: -1}, proxy.Pool{NoPool: true, Purge: 1e9}},
		"no delay":      {config.PoolParams{MaxConn: 5, MaxReuse: -1}, proxy.Pool{NoPool: true, IdleMax: 5}},
		"used once":     {config.PoolParams{MaxConn: -1, PurgeDelay: time.Second, MaxReuse: 0}, proxy.Pool{Purge: 1e9, MaxUses: 1}},
		"low, and some": {config.PoolParams{MaxConn: 7, LowConn: 2, PurgeDelay: time.Second, MaxReuse: 9}, proxy.Pool{IdleMax: 7, IdleLow: 2, Purge: 1e9, MaxUses: 10}},
	} {
		if d := cmp.Diff(x.want, pool(&x.p)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// The request takes the place of an acknowledgement in HTTP mode, unless told not to.
func TestSmartConnect(t *testing.T) {
	run, _ := tryBuild(t, `
defaults
	timeout client 1s
	timeout connect 1s
	timeout server 1s
backend http
	mode http
backend not
	mode http
	no option tcp-smart-connect
backend tcp
backend asked
	option tcp-smart-connect
`, Options{}, nil)
	got := map[string]bool{}
	for _, be := range run.Backends {
		got[be.Name] = be.SmartConnect
	}
	if d := cmp.Diff(map[string]bool{"http": true, "not": false, "tcp": false, "asked": true}, got); d != "" {
		t.Error(d)
	}
}
