package report

import (
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	var out strings.Builder
	var teed []string
	r := &Reporter{PID: 42, Version: "3.4.0", Path: "/usr/sbin/x", Out: &out, Tee: func(l Level, s string) { teed = append(teed, s) }}
	r.Noticef("Loading success.")
	r.Alertf("config : parsing [%s:%d] : bad", "a.cfg", 3)
	r.Warningf("second")
	r.Quiet = true
	r.Again()
	r.Printf(Diag, "unseen")
	r.Warningf("unseen too")
	const want = `[NOTICE]   (42) : Loading success.
[NOTICE]   (42) : haproxy version is 3.4.0
[NOTICE]   (42) : path to executable is /usr/sbin/x
[ALERT]    (42) : config : parsing [a.cfg:3] : bad
[WARNING]  (42) : second
`
	if out.String() != want {
		t.Errorf("printed\n%swant\n%s", out.String(), want)
	}
	if len(teed) != 9 {
		t.Errorf("%d lines teed: %q", len(teed), teed)
	}
}
