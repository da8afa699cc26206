package rule

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Rules that ask the same share an expression; what depends on the line does not.
func TestExpressionsAreShared(t *testing.T) {
	spec, d := config.Parse([]config.File{{Name: "t.cfg", Data: []byte(`
global
 setenv V one
frontend web
 mode http
 bind :1
 acl x path_beg /x
 http-request deny if { path_beg /a }
 http-request deny if { path_beg /b }
 http-request deny if { path,lower -m beg /b }
 http-request deny if { acl(x) }
 http-request deny if { acl(x) }
 http-request deny if { env(V) -m found }
 http-request deny if { env(V) -m found }
`)}}, config.Options{Tables: []config.Table{Table()}, Env: config.Env{}})
	if d.Failed() {
		t.Fatal(d.List)
	}
	set := Collect(spec.Proxies[0], "http-request")
	expr := func(i int) any { return set[i].Cond.suites[0][0].acl.tests[0].expr }
	if expr(0) != expr(1) {
		t.Error("path_beg twice")
	}
	for _, pair := range [][2]int{{1, 2}, {3, 4}, {5, 6}} {
		if expr(pair[0]) == expr(pair[1]) {
			t.Errorf("rules %v share an expression", pair)
		}
	}
}
