package build

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every setting that nothing acts on is named; those that work are not.
func TestNoEffect(t *testing.T) {
	_, messages := tryBuild(t, `global
 noepoll
 nopoll
 grace 1s
 close-spread-time 3s
 tune.maxpollevents 100
 tune.rcvbuf.client 10000
 tune.sndbuf.backend 10000
 maxconn 100
 tune.bufsize 20000
`+timeoutLines+`
listen a
 mode http
 bind 127.0.0.1:1
 option logasap
`, Options{}, nil)
	var want []string
	for _, name := range []string{"noepoll", "nopoll", "grace", "close-spread-time", "tune.maxpollevents", "tune.rcvbuf.client", "tune.sndbuf.backend"} {
		want = append(want, "WARNING config : '"+name+"' in 'global' section has no effect in this version of Sluice.")
	}
	if diff := cmp.Diff(want, messages); diff != "" {
		t.Error(diff)
	}
}
