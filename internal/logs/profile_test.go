package logs

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/config"
)

func TestCheckProfiles(t *testing.T) {
	s, d := config.Parse([]config.File{{Name: "f.cfg", Data: []byte(`log-profile good
 on any format "%ci %[src]" sd x
 on connect drop
log-profile bad
 on any format %[foo]
 on error format %ci sd %[zzzzzz]
`)}}, config.Options{})
	if d.Faulty() {
		t.Fatal(d.List)
	}
	var more config.Diagnostics
	CheckProfiles(s, &more)
	var got []string
	for _, m := range more.List {
		got = append(got, m.String())
	}
	want := []string{
		"config : Parsing [f.cfg:5]: failed to parse logformat: failed to parse sample expression <foo]> : unknown fetch method 'foo'.",
		"config : Parsing [f.cfg:6]: failed to parse logformat: failed to parse sample expression <zzzzzz]> : unknown fetch method 'zzzzzz'.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
