package rule

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// A rewriting without room fails the set, changes nothing, and is passed over
// once the mode is off; the next set is strict again.
func TestStrictMode(t *testing.T) {
	for _, x := range []struct {
		rules string
		room  int
		want  Verdict
		unfit int
		has   string // of the fields
	}{
		{"q set-header x 1234567890", 15, Continue, 0, "x=1234567890"},
		{"q set-header x 1234567890", 14, Fail, 1, ""},
		{"q set-header x 1234567890", 0, Continue, 0, "x=1234567890"},
		{"q add-header x 1234567890|q add-header y 1", 15, Fail, 1, "x=1234567890"},
		{"q strict-mode off|q set-header x 1234567890|q set-header y 1", 10, Continue, 1, "y=1"},
		{"q strict-mode off|q strict-mode on|q set-header x 1234567890", 10, Fail, 1, ""},
		{"q strict-mode off if FALSE|q set-header x 1234567890", 10, Fail, 1, ""},
		// What is replaced or deleted makes room.
		{"q set-header x 1234567890|q set-header x 0987654321|q set-header x 1234567890", 15, Continue, 0, "x=1234567890"},
		{"q set-header x 1234567890|q del-header x|q set-header y 1234567890", 15, Continue, 0, "y=1234567890"},
		{"q set-header x 1234567890|q replace-header x .* 0987654321|q replace-value x 0 1", 15, Continue, 0, "x=1"},
		{"q add-header x 1234567890|q add-header x 1|q set-header x 1234567890", 21, Continue, 0, "x=1234567890"},
		{"q set-path /1234567890", 10, Fail, 1, ""},
		{"q set-method 1234567890A", 10, Fail, 1, ""},
		{"q replace-path .* /1234567890", 10, Fail, 1, ""},
		{"q replace-header host .* 1234567890A", 9, Fail, 1, ""},
		{"q replace-value host .* 1234567890A", 9, Fail, 1, ""},
	} {
		set, _ := rules(t, strings.Split(x.rules, "|")...)
		c := &sample.Ctx{Req: head(t, "GET /a HTTP/1.1\nHost: h"), Room: x.room}
		var r Result
		if v := set.Run(c, &r); v != x.want || r.Unfit != x.unfit {
			t.Errorf("%s: %v, %d without room", x.rules, v, r.Unfit)
		}
		var has []string
		for i := range c.Req.Len() {
			if n := string(c.Req.Name(i)); n != "" && !strings.EqualFold(n, "host") {
				has = append(has, n+"="+string(c.Req.Value(i)))
			}
		}
		if got := strings.Join(has, ","); got != x.has || string(c.Req.Target()) != "/a" || string(c.Req.Host()) != "h" {
			t.Errorf("%s: %s, %s", x.rules, got, c.Req.Target())
		}
	}
	lax, _ := rules(t, "q strict-mode off")
	strict, _ := rules(t, "q set-header x 1234567890")
	var r Result
	c := &sample.Ctx{Req: head(t, "GET /a HTTP/1.1\nHost: h"), Room: 1}
	if lax.Run(c, &r); strict.Run(c, &r) != Fail {
		t.Error("the mode went over to the next set")
	}
}
