package config

import (
	"strings"
	"testing"
)

// What the command line has settled a configuration cannot.
func TestGiven(t *testing.T) {
	const text = "global\n  pidfile one\n  localpeer me\n"
	for _, given := range []bool{false, true} {
		spec, diag := Parse([]File{{Name: "a.cfg", Data: []byte(text)}}, Options{Given: Given{PIDFile: given, LocalPeer: given}})
		if given != (spec.Global.PIDFile == "") || given != (spec.Global.LocalPeer == "") || diag.Failed() {
			t.Errorf("given %t: %q %q %v", given, spec.Global.PIDFile, spec.Global.LocalPeer, diag.List)
		}
		if want := map[bool]int{true: 2}[given]; diag.Warnings() != want {
			t.Errorf("given %t: %d warnings, want %d", given, diag.Warnings(), want)
		}
	}
}

// Where a directive ends the reading, its own message is the last.
func TestVerdict(t *testing.T) {
	for text, aborted := range map[string]bool{
		".alert no\n": true, ".if 1\n": true, ".else\n": true, ".endif x\n": true, ".if foo(\n.endif\n": true,
		".foo\n": false, "nonsense\n": false, "# x": false,
	} {
		_, diag := Parse([]File{{Name: "a.cfg", Data: []byte(text)}}, Options{})
		if last := diag.Verdict(); !diag.Failed() || aborted != (last == "") || !aborted && !strings.HasPrefix(last, "config : Fatal errors") {
			t.Errorf("%q: %q %v", text, last, diag.List)
		}
	}
	if last := (&Diagnostics{}).Verdict(); last != "" {
		t.Errorf("of nothing: %q", last)
	}
}
