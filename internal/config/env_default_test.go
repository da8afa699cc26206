package config

import "testing"

// The variables of the manual 2.3 that a configuration can use are there; those
// that come of the configuration are not, even when the environment has them.
func TestPredefine(t *testing.T) {
	e := Env{"HAPROXY_CFGFILES": "x", "HAPROXY_CLI": "x", "HAPROXY_MASTER_CLI": "x", "HAPROXY_MWORKER": "1", "HAPROXY_STARTUP_VERSION": "1.0", "HAPROXY_BRANCH": "0"}
	e.Predefine("3.4.0", "peer")
	for name, want := range map[string]string{
		"HAPROXY_MWORKER": "1", "HAPROXY_STARTUP_VERSION": "1.0", "HAPROXY_BRANCH": Branch, "HAPROXY_LOCALPEER": "peer",
	} {
		if e[name] != want {
			t.Errorf("%s is %q, want %q", name, e[name], want)
		}
	}
	for _, name := range []string{"HTTP", "HTTP_CLF", "HTTPS", "TCP", "TCP_CLF", "KEYLOG_FC", "KEYLOG_BC"} {
		if e["HAPROXY_"+name+"_LOG_FMT"] == "" {
			t.Errorf("no format %s", name)
		}
	}
	for _, name := range []string{"HAPROXY_CFGFILES", "HAPROXY_CLI", "HAPROXY_MASTER_CLI"} {
		if _, ok := e[name]; ok {
			t.Errorf("%s can be used", name)
		}
	}
	e = Env{}
	e.Predefine("3.4.0", "")
	if _, ok := e["HAPROXY_LOCALPEER"]; ok || e["HAPROXY_STARTUP_VERSION"] != "3.4.0" {
		t.Errorf("%v", e)
	}
}
