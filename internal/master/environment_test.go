package master

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/discovery"
)

func TestListVariables(t *testing.T) {
	want := map[string]string{"HAPROXY_BRANCH": config.Branch, "HAPROXY_MWORKER": "1", "HAPROXY_CFGFILES": "a;b", "HAPROXY_MASTER_CLI": "ipv4@127.0.0.1:1;unix@/x"}
	for name := range want {
		t.Setenv(name, "old")
	}
	listVariables([]config.File{{Name: "a"}, {Name: "b"}}, &cliSockets{list: []cliSocket{{name: "unix@/x"}, {name: "ipv4@127.0.0.1:1"}}})
	for name, w := range want {
		if got := os.Getenv(name); got != w {
			t.Errorf("%s is %q, want %q", name, got, w)
		}
	}
}

func TestEnvironment(t *testing.T) {
	env := []string{"A=1", "B=2", "HAPROXY_MWORKER=1", "C=3=3", "E=x"}
	got := withChanges(env, &discovery.Result{SetEnv: map[string]string{"B": "two", "D": "", "AA": "n"}, UnsetEnv: []string{"A", "HAPROXY_MWORKER"}})
	if d := cmp.Diff([]string{"HAPROXY_MWORKER=1", "C=3=3", "E=x", "AA=n", "B=two", "D="}, got); d != "" {
		t.Error(d)
	}
}
