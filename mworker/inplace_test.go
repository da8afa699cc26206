package mworker

import (
	"strings"
	"testing"
)

func TestChangeInPlace(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, func(o *Options) { o.Policy.InPlace = true })
	first := r.wait(EventReady).Worker.PID
	res := r.reload("propose good\nlisten " + a)
	if !res.OK || !res.InPlace || res.Generation != 2 {
		t.Fatalf("%+v", res)
	}
	if e := r.wait(EventApplied); e.Worker.PID != first || e.Generation != 2 {
		t.Errorf("%+v", e)
	}
	r.mustAsk(a, 1, first) // the process that always did
	info := r.m.Info()
	if info.Generation != 2 || info.Reloads != 1 {
		t.Errorf("%+v", info)
	}
	res = r.reload("propose bad\nlisten " + a)
	if !res.OK || res.InPlace || res.Generation != 3 || !strings.Contains(string(res.Log), "declined: no good <nil>") {
		t.Fatalf("%+v %s", res, res.Log)
	}
	third := r.wait(EventReady).Worker.PID
	r.wait(EventFormerExited)
	r.mustAsk(a, 3, third)
	if g := r.m.Generations(); len(g) != 3 || !g[1].InPlace || g[1].Result != LoadSuperseded || g[2].InPlace {
		t.Errorf("%+v", g)
	}
	res = r.result(r.m.Load(Request{Kind: ReloadForced}))
	if !res.OK || res.InPlace || !strings.Contains(string(res.Log), "nobody to propose to") {
		t.Errorf("%+v %s", res, res.Log)
	}
}
