package master

import (
	"os"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

func TestListVariables(t *testing.T) {
	want := map[string]string{"HAPROXY_BRANCH": config.Branch, "HAPROXY_MWORKER": "1", "HAPROXY_CFGFILES": "a;b", "HAPROXY_MASTER_CLI": "unix@/x;ipv4@127.0.0.1:1"}
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
