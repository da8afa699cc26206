package build

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every setting that nothing acts on is named; those that work are not.
func TestNoEffect(t *testing.T) {
	_, messages := tryBuild(t, `global
 noepoll
 hard-stop-after 25h
 nopoll
 grace 1s
 close-spread-time 3s
 tune.maxpollevents 100
 tune.rcvbuf.client 10000
 tune.runqueue-depth 40
 tune.sched.low-latency off
 tune.sndbuf.backend 10000
 tune.sndbuf.frontend 10000
 maxconn 100
 tune.bufsize 20000
`+timeoutLines+`
listen a
 mode http
 bind 127.0.0.1:1
 option logasap
`, Options{}, nil)
	want := []string{
		"WARNING config : 'noepoll' in 'global' section has no effect in this version of Sluice.",
		"WARNING config : 'hard-stop-after' has no effect beyond 24 hours in a master's worker unless 'mworker-drain-timeout' is set as well.",
		"WARNING config : parsing [t.cfg:13] : 'tune.runqueue-depth' has no effect in this version of Sluice.",
		"WARNING config : 'tune.sndbuf.frontend' in 'global' section has no effect in this version of Sluice.",
	}
	if diff := cmp.Diff(want, messages); diff != "" {
		t.Error(diff)
	}
}
