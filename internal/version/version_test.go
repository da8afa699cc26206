package version

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The order that version_atleast() of HAProxy 2.6.12 and 3.5-dev5 shows.
func TestCompare(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"3.5-dev5-50872daa6", "3.5-dev5", 0},
		{"3.5-dev5-50872daa6", "3.5-dev6", -1},
		{"3.5-dev5-50872daa6", "3.5.0", -1},
		{"3.5-dev5-50872daa6", "3.5", -1},
		{"3.5-dev5-50872daa6", "3", 1},
		{"3.5-dev5-50872daa6", "x", 1},
		{"3.5-dev5-50872daa6", "", 1},
		{"3.5-dev5-50872daa6", "3.5-dev5-1", -1},
		{"3.5-dev5-50872daa6", "3.5-dev5-50872d-3", -1},
		{"3.5-dev5-50872daa6", "3.5-rc1", -1},
		{"3.5-dev5-50872daa6", "3.5-dev", 1},
		{"3.5-dev5-50872daa6", "3.4.99999", 1},
		{"3.5-dev5-50872daa6", "3.4.0-foo", 1},
		{"2.6.12-1+deb12u4", "2.6.12", 0},
		{"2.6.12-1+deb12u4", "2.6.12-1", -1},
		{"2.6.12-1+deb12u4", "2.6.12-zz-1", -1},
		{"2.6.12-1+deb12u4", "2.6.13", -1},
		{"2.6.12-1+deb12u4", "2.6-dev99", 1},
		{"3.4", "3.4.0", 0},
		{"99999999999999999999.1", "99999999999999999999.2", -1},
	}
	for _, tt := range tests {
		if got := Compare(tt.a, tt.b); got != tt.want {
			t.Errorf("Compare(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := Compare(tt.b, tt.a); got != -tt.want {
			t.Errorf("Compare(%q, %q) = %d, want %d", tt.b, tt.a, got, -tt.want)
		}
	}
}

func TestAtLeast(t *testing.T) {
	for v, want := range map[string]bool{"3.4": true, "3.4.0": true, "2.8.1": true, "3.4-dev12": true, "3.4.1": false, "3.5-dev0": false} {
		if AtLeast(v) != want || Before(v) == want {
			t.Errorf("%s: AtLeast %v, Before %v", v, AtLeast(v), Before(v))
		}
	}
}

func TestTexts(t *testing.T) {
	var b bytes.Buffer
	Long(&b, Build{BufSize: 16384, MaxRewrite: 1024, MaxPollEvents: 200, MaxGroups: 1, MaxThreads: 64, Threads: 2,
		Muxes:    []Mux{{"h1", "HTTP", "FE|BE", "H1", "HTX|NO_UPG"}, {"none", "TCP", "FE|BE", "PASS", "NO_UPG"}},
		Services: []string{"prometheus-exporter"}, Filters: []string{"[COMP] compression"}, Ignored: []string{"-dM", "-dp"}})
	// What scripts take out of it: the version, the features, the pollers.
	for _, pattern := range []string{
		`(?m)\AHAProxy version 3\.4\.0-sluice\S+ \d{4}/\d\d/\d\d - https://\S+$`,
		`(?m)^Status: Sluice \S+, `,
		`(?m)^Running on: Linux \S+ `,
		`(?m)^Feature list :( [-+][A-Z0-9_]+)+$`,
		`(?m)^  bufsize = 16384, maxrewrite = 1024, maxpollevents = 200$`,
		`(?m)^Built with multi-threading support \(MAX_TGROUPS=1, MAX_THREADS=64, default=2\)\.$`,
		`(?m)^      epoll : pref=300,  test result OK$`,
		`(?m)^         h1 : mode=HTTP  side=FE\|BE  mux=H1    flags=HTX\|NO_UPG$`,
		`(?m)^Available services : prometheus-exporter$`,
		`(?m)^	\[COMP\] compression$`,
		`(?m)^Options accepted without effect : -dM -dp$`,
	} {
		if !regexp.MustCompile(pattern).Match(b.Bytes()) {
			t.Errorf("%s does not match\n%s", pattern, b.String())
		}
	}
}

var update = flag.Bool("update", false, "rewrite the golden files")

// The whole layout of -vv; what belongs to the machine or the build is masked.
func TestLongLayout(t *testing.T) {
	var b bytes.Buffer
	Long(&b, Build{BufSize: 16384, MaxRewrite: 1024, MaxPollEvents: 200, MaxGroups: 1, MaxThreads: 64, Threads: 2,
		Muxes: []Mux{{"<default>", "HTTP", "FE|BE", "H1", "HTX"}, {"none", "TCP", "FE|BE", "PASS", "NO_UPG"}}, Ignored: []string{"-dM", "-dp"}})
	got := b.String()
	for _, m := range [][2]string{
		{`(?m)^HAProxy version .*$`, "HAProxy version ..."}, {`(?m)^Running on: .*$`, "Running on: ..."},
		{`(?m)^(  (?:TARGET |CC     |CFLAGS |OPTIONS|DEBUG  ) =) .*$`, "$1 ..."}, {`(?m)^Built with (golang\.org|github\.com).*\n`, ""},
		{`(Go compiler version) .*`, "$1 ..."}, {`(?m)^Status: .*$`, "Status: ..."},
	} {
		got = regexp.MustCompile(m[0]).ReplaceAllString(got, m[1])
	}
	const name = "testdata/vv.golden"
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFeatures(t *testing.T) {
	list := Features()
	for i := 1; i < len(list); i++ {
		if list[i-1][1:] >= list[i][1:] {
			t.Errorf("%s after %s", list[i], list[i-1])
		}
	}
	for _, f := range list {
		if Feature(f[1:]) != strings.HasPrefix(f, "+") {
			t.Errorf("Feature and Features disagree about %s", f)
		}
	}
	if Feature("NOSUCH") {
		t.Error("Feature(NOSUCH)")
	}
}
