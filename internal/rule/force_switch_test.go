package rule

import "testing"

// The messages are those of the reference, word for word.
func TestForceSwitch(t *testing.T) {
	const alert = "ALERT config : parsing [t.cfg:5] : 'force-be-switch' "
	for _, x := range []struct{ text, want string }{
		{"force-be-switch if { src 127.0.0.1 }", ""},
		{"force-be-switch unless { path /a }\nforce-be-switch if TRUE", ""},
		{"force-be-switch", alert + "requires either 'if' or 'unless' followed by a condition.\n"},
		{"force-be-switch foo", alert + "requires either 'if' or 'unless' followed by a condition.\n"},
		{"force-be-switch if foo", alert + ": no such ACL : 'foo'.\n"},
		{"force-be-switch if { res.hdr(a) -m found }", alert + ": anonymous acl will never match because it uses keyword 'res.hdr' which is incompatible with 'frontend tcp-request content rule'.\n"},
	} {
		s, got := parseText(t, frontend+x.text+"\n")
		if got != x.want {
			t.Errorf("%s:\ngot  %s\nwant %s", x.text, got, x.want)
		}
		if x.want != "" {
			continue
		}
		again, msg := parseText(t, s.String())
		if msg != "" || s.String() != again.String() {
			t.Errorf("%s\n%s\n%s", msg, s, again)
		}
	}
	for text, want := range map[string]string{
		"backend b\nforce-be-switch if TRUE\n":  "ALERT config : parsing [t.cfg:2] : 'force-be-switch' only available in frontend or listen section.\n",
		"defaults d\nforce-be-switch if TRUE\n": "ALERT config : parsing [t.cfg:2] : 'force-be-switch' not allowed in 'defaults' section.\n",
	} {
		if _, got := parseText(t, text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// A rule that is nothing but a condition must have one.
func TestConditionMissing(t *testing.T) {
	for text, keyword := range map[string]string{
		"backend b\nforce-persist\n": "force-persist", "backend b\nignore-persist\n": "ignore-persist", "backend b\nuse-server s\n": "use-server",
		"frontend f\nmonitor fail\n": "monitor fail", "frontend f\nforce-be-switch\n": "force-be-switch",
	} {
		want := "ALERT config : parsing [t.cfg:2] : '" + keyword + "' requires either 'if' or 'unless' followed by a condition.\n"
		if _, got := parseText(t, text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
