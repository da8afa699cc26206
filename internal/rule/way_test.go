package rule

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// What the actions that concern the way to a server leave behind.
func TestWayToAServer(t *testing.T) {
	type left struct {
		class, offset int32
		retries       int // -1: not set
		noReplay      bool
	}
	for _, x := range []struct {
		rule string
		want left
	}{
		{"set-priority-class int(5)", left{5, 0, -1, false}},
		{"set-priority-class int(5000)", left{2047, 0, -1, false}},
		{"set-priority-class int(-5000)", left{-2047, 0, -1, false}},
		{"set-priority-class hdr(nope)", left{0, 0, -1, false}},
		{"set-priority-class src", left{2047, 0, -1, false}}, // an address is a large number
		{"set-priority-offset int(-9)", left{0, -9, -1, false}},
		{"set-priority-offset int(9000000000000)", left{0, 524287, -1, false}},
		{"set-priority-offset int(-9000000000000)", left{0, -524287, -1, false}},
		{"set-priority-offset int(7) if FALSE", left{0, 0, -1, false}},
		{"set-retries 0", left{0, 0, 0, false}},
		{"set-retries 100 if TRUE", left{0, 0, 100, false}},
		{"set-retries int(7),mul(2)", left{0, 0, 14, false}},
		{"set-retries int(101)", left{0, 0, -1, false}},
		{"set-retries int(-1)", left{0, 0, -1, false}},
		{"disable-l7-retry", left{0, 0, -1, true}},
		{"disable-l7-retry unless TRUE", left{0, 0, -1, false}},
	} {
		r, err := compileOn(testCompiler(), httpRequest, config.KindBackend, x.rule)
		if err != nil {
			t.Errorf("%s: %v", x.rule, err)
			continue
		}
		c := testCtx(t, plainRequest)
		if v := (Set{r}).Run(c, &Result{}); v != Continue {
			t.Errorf("%s: %v", x.rule, v)
		}
		got := left{c.PrioClass, c.PrioOffset, -1, c.NoReplay}
		if c.Retries.Set {
			got.retries = c.Retries.Limit
		}
		if got != x.want {
			t.Errorf("%s: %+v, want %+v", x.rule, got, x.want)
		}
		if c.Mark() != 0 {
			t.Errorf("%s: scratch bytes are left", x.rule)
		}
	}
}

// The messages are the reference's.
func TestWayMessages(t *testing.T) {
	at := func(form string) string { return "ALERT config : parsing [t.cfg:3] : " + form + "\n" }
	http := func(action, text string) string {
		return at("error detected in backend 'b' while parsing 'http-request " + action + "' rule : " + text + ".")
	}
	for _, x := range []struct{ text, want string }{
		{"http-request set-priority-class", http("set-priority-class", "missing fetch method")},
		{"http-request set-priority-class if TRUE", http("set-priority-class", "unknown fetch method 'if'")},
		{"http-request set-priority-class int(3) foo", "ALERT config : parsing [t.cfg:3]: 'http-request set-priority-class' expects either 'if' or 'unless' followed by a condition but found 'foo'.\n"},
		{"http-request set-priority-offset req.hdr(x),bla", http("set-priority-offset", "unknown converter 'bla'")},
		{"http-request set-priority-offset res.hdr(x)", http("set-priority-offset", "fetch method 'res.hdr(x)' extracts information from 'HTTP response headers', none of which is available here")},
		{"http-request set-priority-offset int(3)]", http("set-priority-offset", "unexpected ']' after expression 'int(3)'")},
		{"tcp-request content set-priority-class", at("missing fetch method")},
		{"tcp-request content set-priority-offset foo", at("unknown fetch method 'foo'")},
		{"tcp-request content set-priority-offset int(1) if TRUE", ""},
		{"http-request disable-l7-retry x", "ALERT config : parsing [t.cfg:3]: 'http-request disable-l7-retry' expects either 'if' or 'unless' followed by a condition but found 'x'.\n"},
		{"http-request set-retries", http("set-retries", "expects exactly 1 argument (an expression or an integer between 1 and 100)")},
		{"http-request set-retries 101", http("set-retries", "expects an expression or an integer between 1 and 100")},
		{"http-request set-retries -1", http("set-retries", "expects an expression or an integer between 1 and 100")},
		{"http-request set-retries 3x", http("set-retries", "unknown fetch method '3x'")},
		{"tcp-request content set-retries res.hdr(x)", at("fetch method 'res.hdr(x)' extracts information from 'HTTP response headers', none of which is available here")},
		{"tcp-request content set-retries 3", ""},
	} {
		if _, got := parseText(t, "backend b\n mode http\n "+x.text+"\n"); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.text, got, x.want)
		}
	}
	for text, want := range map[string]string{
		"frontend f\n mode http\n http-request set-retries 3\n bind :1\n timeout client 1s\n": at("error detected in frontend 'f' while parsing 'http-request set-retries' rule : 'set-retries' only available in backend or listen section."),
		"defaults d\n mode http\n http-request set-retries 3\n":                               at("error detected in defaults 'd' while parsing 'http-request set-retries' rule : 'set-retries' is not allowed in 'defaults' sections."),
	} {
		if _, got := parseText(t, text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// The fetches of a stream's way.
func TestWayFetches(t *testing.T) {
	c := testCtx(t, plainRequest)
	c.PrioClass, c.PrioOffset, c.Retries = -3, 44, sample.Retries{Backend: 3, Set: true, Limit: 9}
	for text, want := range map[string]int64{"prio_class": -3, "prio_offset": 44, "be_max_retries": 3, "cur_max_retries": 9} {
		e, _, err := sample.ParseExpr(text, &sample.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := evalInt(e, c); !ok || v != want {
			t.Errorf("%s: %d %v, want %d", text, v, ok, want)
		}
	}
}
