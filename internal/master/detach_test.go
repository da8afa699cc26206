package master

import (
	"slices"
	"testing"
)

// What tells of sockets passed by the service manager is for the master alone.
func TestChildrenEnvironment(t *testing.T) {
	env := []string{"PATH=/bin", "LISTEN_FDS=1", "LISTEN_PID=7", "LISTEN_FDNAMES=web", "LISTEN_PIDFDID=9", "LISTEN_ADDR=x", "HAPROXY_MWORKER=0"}
	if got, want := workerEnv(env), []string{"PATH=/bin", "LISTEN_ADDR=x", "HAPROXY_MWORKER=1"}; !slices.Equal(got, want) {
		t.Errorf("worker: %q, want %q", got, want)
	}
	if got, want := withoutSockets(env), []string{"PATH=/bin", "LISTEN_ADDR=x", "HAPROXY_MWORKER=0"}; !slices.Equal(got, want) {
		t.Errorf("program: %q, want %q", got, want)
	}
	if len(env) != 7 || env[1] != "LISTEN_FDS=1" {
		t.Errorf("the master's own environment was changed: %q", env)
	}
}
