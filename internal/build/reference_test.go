package build

import (
	"strings"
	"testing"
)

// Names of proxies and servers in expressions are looked up when everything was
// read. The words are HAProxy's.
func TestReferences(t *testing.T) {
	const be = "backend be\n server s 127.0.0.1:1\nbackend off\n disabled\n server s 127.0.0.1:1\n"
	for line, want := range map[string]string{
		"acl a nbsrv(nope) gt 1":                 "unable to find backend 'nope' referenced in arg 1 of ACL keyword 'nbsrv' in proxy 'fe'.",
		"acl a srv_is_up(nope/x)":                "unable to find proxy 'nope' referenced in arg 1 of ACL keyword 'srv_is_up' in proxy 'fe'.",
		"acl a srv_is_up(be/x)":                  "unable to find server 'x' in proxy 'be', referenced in arg 1 of ACL keyword 'srv_is_up' in proxy 'fe'.",
		"acl a fe_conn(be) gt 3":                 "unable to find frontend 'be' referenced in arg 1 of ACL keyword 'fe_conn' in proxy 'fe'.",
		"acl a srv_is_up(x)":                     "unable to find server 'x' in proxy 'fe', referenced in arg 1 of ACL keyword 'srv_is_up' in proxy 'fe'.",
		"acl a queue gt 1":                       "proxy 'fe', referenced in arg 1 of ACL keyword 'queue' in proxy 'fe', has not backend capability.",
		"log-format %[be_conn(no)]":              "unable to find backend 'no' referenced in arg 1 of sample fetch keyword 'be_conn' in log-format string in proxy 'fe'.",
		"http-request set-header a %[nbsrv(no)]": "unable to find backend 'no' referenced in arg 1 of sample fetch keyword 'nbsrv' in http-request expression in proxy 'fe'.",
		"acl a nbsrv(be) gt 1":                   "",
		"acl a srv_conn(be/s) gt 1":              "",
		"acl a nbsrv(off) gt 1":                  "",
		"acl a srv_is_up(off/s)":                 "",
		"acl a fe_conn gt 1":                     "",
		"acl a fe_conn(fe) gt 1":                 "",
		"acl a path,srv_is_up":                   "",
	} {
		_, messages := tryBuild(t, "frontend fe\n mode http\n bind 127.0.0.1:1\n log 127.0.0.1:9 local0\n "+line+"\n"+be, Options{}, nil)
		got := strings.Join(messages, "\n")
		if want == "" && strings.Contains(got, "referenced") || !strings.Contains(got, want) {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}
