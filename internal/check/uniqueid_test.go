package check

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// A check has one identifier, however often it is asked for; the next has another.
func TestUniqueID(t *testing.T) {
	format := func(text string) *logs.Format {
		f, err := logs.Compile(text, config.Pos{}, logs.BackendID, &sample.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	newRun := func(f *logs.Format) *run {
		r := &run{spec: &Spec{UniqueID: f}}
		r.ctx.BackendName = "b"
		r.ctx.Identity = r
		return r
	}
	f := format("id-%[be_name]-%[uuid]")
	r := newRun(f)
	first := string(r.UniqueID())
	if len(first) < len("id-b-")+36 || string(r.UniqueID()) != first {
		t.Errorf("%q, then %q", first, r.UniqueID())
	}
	if next := string(newRun(f).UniqueID()); next == first {
		t.Errorf("again %q", next)
	}
	// One that asks for itself, and what only traffic has.
	if id := string(newRun(format("<%[unique-id]>%ci:%cp%[src]")).UniqueID()); id != "<>unix:0" {
		t.Errorf("%q", id)
	}
	if id := newRun(nil).UniqueID(); id != nil {
		t.Errorf("%q without a format", id)
	}
}
