package build

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// choose asks a frontend for the backend of a request.
func choose(t *testing.T, fe *proxy.Frontend, target string) string {
	t.Helper()
	var h http1.Head
	h.Reset()
	b := []byte("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n")
	if n, err := h.ParseRequest(b, &http1.Limits{}); n != len(b) || err != nil {
		t.Fatal(n, err)
	}
	be := fe.Choose(&sample.Ctx{Req: &h})
	if be == nil {
		return ""
	}
	return be.Name
}

const chooserText = `
 mode http
frontend a
 bind 127.0.0.1:1
 use_backend off if { path /off }
 use_backend one if { path /off /one }
 use_backend %[path,field(2,/)] if { path_beg /dyn/ /two /gone }
 use_backend two if { path_beg /two }
 default_backend def
frontend bare
 bind 127.0.0.1:2
 use_backend %[path,field(2,/)]
frontend closed
 bind 127.0.0.1:3
 default_backend off
listen own
 bind 127.0.0.1:4
 use_backend one if { path /one }
listen other
 bind 127.0.0.1:5
 default_backend two
backend def
backend one
backend two
backend off
 disabled
`

func TestChooser(t *testing.T) {
	run := mustBuild(t, chooserText, Options{})
	fes := map[string]*proxy.Frontend{}
	for _, fe := range run.Frontends {
		fes[fe.Name] = fe
	}
	for _, tt := range []struct{ frontend, target, want string }{
		{"a", "/", "def"},
		{"a", "/one", "one"},
		{"a", "/off", "one"},     // a disabled backend is passed over
		{"a", "/two", "two"},     // by its dynamic name
		{"a", "/twofold", "def"}, // a dynamic name that means nothing ends the search
		{"a", "/gone", "def"},    // likewise
		{"a", "/dyn/one", "def"}, // likewise
		{"bare", "/two", "two"},  // dynamic without a condition
		{"bare", "/own", "own"},  // listen sections are backends
		{"bare", "/off", ""},     // disabled
		{"bare", "/closed", ""},  // a frontend is none
		{"bare", "/", ""},        // no name at all
		{"closed", "/", ""},      // its default is disabled
		{"own", "/", "own"},      // itself
		{"own", "/one", "one"},   // a rule comes first
		{"other", "/own", "two"}, // its default wins over itself
		{"other", "/other", "two"},
	} {
		if got := choose(t, fes[tt.frontend], tt.target); got != tt.want {
			t.Errorf("%s %s: backend %q, want %q", tt.frontend, tt.target, got, tt.want)
		}
	}
	for _, be := range run.Backends {
		if be.Name == "off" {
			t.Error("a disabled backend was made")
		}
	}
}

// Backends that do not exist are reported where they are named, whoever made
// the Spec.
func TestUnknownBackends(t *testing.T) {
	spec := parse(t, chooserText, nil)
	var left []*config.Proxy
	for _, p := range spec.Proxies {
		if p.Name != "one" && p.Name != "def" {
			left = append(left, p)
		}
	}
	spec.Proxies = left
	var d config.Diagnostics
	Build(spec, Options{Resolve: lookUp}, &d)
	want := []string{
		"config : parsing [t.cfg:13] : unable to find required default_backend: 'def'.",
		"config : parsing [t.cfg:10] : unable to find required use_backend: 'one'.",
		"config : parsing [t.cfg:22] : unable to find required use_backend: 'one'.",
	}
	if len(d.List) != len(want) || d.Alerts() != len(want) {
		t.Fatalf("%d messages: %v", len(d.List), d.List)
	}
	for i, w := range want {
		if got := d.List[i].String(); got != w {
			t.Errorf("message %d: %s\nwant %s", i, got, w)
		}
	}
}
