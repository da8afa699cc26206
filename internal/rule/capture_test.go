package rule

import (
	"slices"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// The messages are those of the reference, word for word.
func TestCaptureMessages(t *testing.T) {
	const (
		alert = "ALERT config : parsing [t.cfg:5] : "
		req   = alert + "error detected in frontend 'f' while parsing 'http-request capture' rule : "
		res   = alert + "error detected in frontend 'f' while parsing 'http-response capture' rule : "
		tcp   = alert + "'tcp-request content capture' : "
	)
	for _, x := range []struct{ text, want string }{
		{"http-request capture", req + "expects <expression> [ 'len' <length> | id <idx> ]."},
		{"http-request capture path", req + "expects <expression> [ 'len' <length> | id <idx> ]."},
		{"http-request capture path len", req + "expects <expression> [ 'len' <length> | id <idx> ]."},
		{"http-request capture path if TRUE", req + "expects <expression> [ 'len' <length> | id <idx> ]."},
		{"http-request capture path len 0", req + "length must be > 0."},
		{"http-request capture path len x", req + "length must be > 0."},
		{"http-request capture path len 5 foo", "ALERT config : parsing [t.cfg:5]: 'http-request capture' expects either 'if' or 'unless' followed by a condition but found 'foo'."},
		{"http-request capture path id x", req + "cannot parse id 'x'."},
		{"http-request capture path id -1", req + "cannot parse id '-1'."},
		{"http-request capture path foo 3", req + "expects 'len' or 'id', found 'foo'."},
		{"http-request capture foo len 3", req + "unknown fetch method 'foo'."},
		{"http-request capture status len 3", req + "fetch method 'status' extracts information from 'HTTP response', none of which is available here."},
		{"http-response capture status", res + "expects <expression> id <idx>."},
		{"http-response capture status len 3", res + "expects 'id', found 'len'."},
		{"http-response capture path len 3", res + "fetch method 'path' extracts information from 'HTTP request headers', none of which is available here."},
		{"http-response capture status id x", res + "cannot parse id 'x'."},
		{"tcp-request connection capture src len 3", alert + "'capture src' is not allowed in 'tcp-request connection' rules in frontend 'f'"},
		{"tcp-request content capture", tcp + "missing fetch method"},
		{"tcp-request content capture src", tcp + "a positive 'len' argument is mandatory"},
		{"tcp-request content capture src id 3", tcp + "a positive 'len' argument is mandatory"},
		{"tcp-request content capture src len", tcp + "length must be > 0"},
		{"tcp-request content capture src len 0", tcp + "length must be > 0"},
		{"tcp-request content capture foo len 3", tcp + "unknown fetch method 'foo'"},
		{"tcp-request content capture status len 3", tcp + "fetch method 'status' extracts information from 'HTTP response', none of which is available here"},
		{"http-request capture path id 0", "ALERT Proxy 'f': unable to find capture id '0' referenced by http-request capture rule."},
		{"declare capture request len 3\nhttp-request capture path id 1", "ALERT Proxy 'f': unable to find capture id '1' referenced by http-request capture rule."},
		{"http-response capture status id 3", "ALERT Proxy 'f': unable to find capture id '3' referenced by http-response capture rule."},
		{"http-after-response capture status id 3", "ALERT Proxy 'f': unable to find capture id '3' referenced by http-response capture rule."},
		{"http-request capture path len 5\ndeclare capture response len 3\nhttp-request capture path id 0\nhttp-response capture status id 0", ""},
		{"backend b\nmode http\nhttp-request capture path id 77", ""},
	} {
		_, got := parseText(t, frontend+x.text+"\n")
		if got = strings.TrimSuffix(got, "\n"); got != x.want {
			t.Errorf("%s:\ngot  %s\nwant %s", x.text, got, x.want)
		}
	}
	for line, want := range map[string]string{
		"http-request capture path len 3":       "ALERT config : parsing [t.cfg:2] : error detected in backend 'b' while parsing 'http-request capture' rule : proxy 'b' has no frontend capability.\n",
		"tcp-request content capture src len 3": "ALERT config : parsing [t.cfg:2] : 'tcp-request content capture' : proxy 'b' has no frontend capability\n",
	} {
		if _, got := parseText(t, "backend b\n"+line+"\n"); got != want {
			t.Errorf("backend, %s: got %s, want %s", line, got, want)
		}
	}
}

// A rule makes one slot, however often its configuration is printed and read.
func TestCapturePrinted(t *testing.T) {
	s, msg := parseText(t, frontend+"http-request capture path len 5 if TRUE\nhttp-request capture path id 0\n")
	if msg != "" {
		t.Fatal(msg)
	}
	again, msg := parseText(t, s.String())
	if msg != "" || len(again.Proxies[0].ReqCaptures) != 1 || s.String() != again.String() {
		t.Errorf("%s%s\n%s", msg, s, again)
	}
}

// Rules of a defaults section make slots for the frontends that take them over,
// before their own.
func TestCaptureInherited(t *testing.T) {
	const defaults = "defaults d\nmode http\ntimeout client 1s\n"
	const text = defaults + "http-request capture path len 5\nhttp-request capture path len 6\nhttp-request capture path id 1\n" +
		"frontend f from d\nbind :1\nhttp-request capture path len 7\ndeclare capture response len 3\n" +
		"frontend g from d\nbind :2\ndeclare capture request len 8\n"
	s, msg := parseText(t, text)
	if msg != "" {
		t.Fatal(msg)
	}
	again, msg := parseText(t, s.String())
	if msg != "" || s.String() != again.String() {
		t.Fatalf("%s%s\nprinted again\n%s", msg, s, again)
	}
	for _, s := range []*config.Spec{s, again} {
		for i, want := range [][]int{{5, 6, 7}, {5, 6, 8}} {
			var lens []int
			for _, c := range s.Proxies[i].ReqCaptures {
				lens = append(lens, c.Len)
			}
			if !slices.Equal(lens, want) {
				t.Errorf("%s has %v, want %v", s.Proxies[i].Name, lens, want)
			}
		}
	}
	for _, x := range []struct{ text, want string }{
		{defaults + "http-request capture path id 0\nfrontend f from d\nbind :1\ndeclare capture request len 3\n",
			"ALERT Proxy 'd': unable to find capture id '0' referenced by http-request capture rule.\n"},
		{defaults + "tcp-request content capture src len 5\nbackend b from d\n",
			"ALERT config : parsing [t.cfg:5]: backend or defaults sections cannot inherit from a defaults section defining captures (defaults section at t.cfg:1).\n"},
		{defaults + "http-request capture path len 5\ndefaults e from d\n",
			"ALERT config : parsing [t.cfg:5]: backend or defaults sections cannot inherit from a defaults section defining captures (defaults section at t.cfg:1).\n"},
	} {
		if _, got := parseText(t, x.text); got != x.want {
			t.Errorf("%s:\ngot  %s\nwant %s", x.text, got, x.want)
		}
	}
}
