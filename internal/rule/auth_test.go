package rule

import "testing"

// The messages are those of the reference, word for word.
func TestAuth(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"http-request auth realm a if TRUE\nhttp-request auth", ""},
		{"http-request auth realm", "ALERT config : parsing [t.cfg:5] : error detected in frontend 'f' while parsing 'http-request auth' rule : missing realm value.\n"},
		{"http-request auth foo", "ALERT config : parsing [t.cfg:5]: 'http-request auth' expects either 'if' or 'unless' followed by a condition but found 'foo'.\n"},
		{"http-request auth realm a b", "ALERT config : parsing [t.cfg:5]: 'http-request auth' expects either 'if' or 'unless' followed by a condition but found 'b'.\n"},
	} {
		if _, got := parseText(t, frontend+x.text+"\n"); got != x.want {
			t.Errorf("%s:\ngot  %s\nwant %s", x.text, got, x.want)
		}
	}
}
