package build

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// Settings of proxies that nothing acts on are warned of.
func TestNoEffectOfProxies(t *testing.T) {
	text := "defaults\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n" +
		"listen l\n bind 127.0.0.1:1\n fullconn 9\n server s 127.0.0.1:2 maxconn 3 minconn 2 maxqueue 4\n"
	spec, d := config.Parse([]config.File{{Name: "c", Data: []byte(text)}}, config.Options{Tables: []config.Table{rule.Table()}})
	if d.Failed() {
		t.Fatal(d.List)
	}
	Build(spec, Options{Threads: 1}, d)
	var said strings.Builder
	for _, m := range d.List {
		said.WriteString(m.String() + "\n")
	}
	for _, want := range []string{"'fullconn'", "'minconn'", "'maxqueue'"} {
		if !strings.Contains(said.String(), want+" has no effect") {
			t.Errorf("no warning of %s in\n%s", want, said.String())
		}
	}
}
