package rule

import "testing"

func TestFCGIMessages(t *testing.T) {
	const intro = "ALERT config : parsing [f.cfg:4] : "
	for line, want := range map[string]string{
		"pass-header X if foo":             intro + "'X' : no such ACL : 'foo'.",
		"pass-header X if":                 "",
		"pass-header X foo":                intro + "'X' : expects either 'if' or 'unless' followed by a condition but found 'foo'.",
		"pass-header X if q":               "",
		"pass-header X unless TRUE":        "",
		"set-param A":                      intro + "'set-param' expects <name> and <value> as arguments.",
		"set-param A b if foo":             intro + "'A' : no such ACL : 'foo'.",
		"set-param A %[nope]":              intro + "'A' : failed to parse sample expression <nope]> : unknown fetch method 'nope'.",
		"set-param A %[req.hdr(x)] if q":   "",
		"acl x foo":                        intro + "error detected while parsing ACL 'x' : unknown fetch method 'foo' in ACL expression 'foo'.",
		"acl or path /x":                   intro + "acl name 'or' will never match. 'or' is used to express a logical disjunction within a condition.",
		"pass-header X if { path_beg /x }": "",
	} {
		_, got := loadReplies("fcgi-app a\n docroot /x\n acl q path /x\n " + line + "\n")
		const unbuilt = "ALERT config : parsing [f.cfg:1] : 'fcgi-app' section needs FastCGI, which this version of Sluice does not have yet."
		switch {
		case want == "" && (len(got) != 1 || got[0] != unbuilt):
			t.Errorf("%s: %q", line, got)
		case want != "" && got[0] != want:
			t.Errorf("%s\n got %q\nwant %q", line, got, want)
		}
	}
}
