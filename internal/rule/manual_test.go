package rule

import (
	"os"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// manual gives the lines of one kind: a name and what the manual says of it.
func manual(t *testing.T, kind string) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/manual-3.4.txt")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, line := range strings.Split(string(data), "\n") {
		if f := strings.Split(line, "\t"); len(f) == 3 && f[0] == kind {
			m[f[1]] = f[2]
		}
	}
	return m
}

// TestActions compares the rows with the matrix of manual 4.3.
func TestActions(t *testing.T) {
	want := manual(t, "action")
	if len(want) != 80 {
		t.Errorf("the list has %d actions", len(want))
	}
	got := map[string]string{}
	for _, set := range Rulesets() {
		for _, a := range Actions(set) {
			name, paren := strings.CutSuffix(a.Name, "(*)")
			names := []string{name}
			if name == "track-sc" {
				names = []string{"track-sc0", "track-sc1", "track-sc2"}
			} else if paren != strings.HasPrefix(a.Args, "(") {
				t.Errorf("%s: %q", a.Name, a.Args)
			}
			for _, n := range names {
				got[n] += letterOf(set)
			}
		}
	}
	for name, sets := range want {
		if got[name] != sets {
			t.Errorf("%s is in %q, the manual has it in %q", name, got[name], sets)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("the manual has no %s", name)
	}
	if Actions("") != nil || Actions("nope") != nil {
		t.Error("actions of no ruleset")
	}
}

// Every row that is not built is refused as such in each ruleset it has rules
// of, and found by the name that is written.
func TestUnbuiltActions(t *testing.T) {
	for _, set := range []ruleset{tcpConnection, tcpContent, httpRequest, httpResponse} {
		for _, a := range Actions(set.String()) {
			word := strings.Replace(strings.Replace(a.Name, "track-sc(*)", "track-sc0", 1), "(*)", "(x)", 1)
			row := findAction(set, word)
			if row == nil || row.Name != a.Name || row.Built() != a.Built() {
				t.Fatalf("%s %s: %v", set, word, row)
			}
			if _, _, err := runParse(row, &actionParser{Compiler: testCompiler()}, nil); !a.Built() && err != errNotBuilt {
				t.Errorf("%s: %v", word, err)
			}
		}
	}
}

func TestPredefined(t *testing.T) {
	want := manual(t, "acl")
	for _, p := range PredefinedACLs() {
		if got := strings.Join(p.Words, " "); want[p.Name] != got {
			t.Errorf("%s stands for %q, in the manual for %q", p.Name, got, want[p.Name])
		}
		delete(want, p.Name)
	}
	if len(want) != 0 {
		t.Errorf("missing: %v", want)
	}
}

func TestDerivatives(t *testing.T) {
	want := manual(t, "derivative")
	if len(want) < 60 {
		t.Errorf("the list has %d", len(want))
	}
	for name, method := range want {
		switch name {
		case "res.scook", "resp.ver": // there is no such fetch: res.cook and res.ver are meant
			continue
		case "req.payload", "req.payload_lv": // binary, which needs -m by manual 7.1 and in the reference
			continue
		}
		var m pattern.Method
		if k := findKeyword(name); k != nil {
			m = k.method
		} else if f := sample.LookupFetch(name); f != nil {
			m, _ = defaultMethod(f.Out)
		} else {
			t.Errorf("no %s", name)
			continue
		}
		if m.String() != method {
			t.Errorf("%s compares by %s, in the manual by %s", name, m, method)
		}
	}
	for _, k := range keywords {
		if sample.LookupFetch(k.fetch) == nil {
			t.Errorf("%s: no fetch %s", k.name, k.fetch)
		}
	}
}

func TestSentences(t *testing.T) {
	seen := map[string]string{}
	check := func(name, doc string) {
		if len(doc) < 14 || !strings.HasSuffix(doc, ".") || doc[0] < 'A' || doc[0] > 'Z' {
			t.Errorf("%s: %q is no sentence", name, doc)
		}
		if seen[doc] != "" {
			t.Errorf("%s and %s: %q", name, seen[doc], doc)
		}
		seen[doc] = name
	}
	for _, a := range actionRows {
		check(a.Name, a.Doc)
	}
	for _, p := range PredefinedACLs() {
		check(p.Name, p.Doc)
	}
}

func TestHints(t *testing.T) {
	for text, want := range map[string]string{
		"pth /x":              "unknown fetch method 'pth' in ACL expression 'pth' (did you mean 'path' maybe ?)",
		"path_bge /x":         "unknown fetch method 'path_bge' in ACL expression 'path_bge' (did you mean 'path_beg' maybe ?)",
		"zzzzzz x":            "unknown fetch method 'zzzzzz' in ACL expression 'zzzzzz'",
		"path,lowr /x":        "ACL keyword 'path' : unknown converter 'lowr' (did you mean 'lower' maybe ?)",
		"src,lowr /x":         "unknown converter 'lowr' (did you mean 'lower' maybe ?) in ACL expression 'src,lowr'",
		"path -m bge /x":      "unknown matching method 'bge' when parsing ACL expression (did you mean 'beg' maybe ?)",
		"path -m zzzz /x":     "unknown matching method 'zzzz' when parsing ACL expression",
		"path -m":             "unknown matching method '' when parsing ACL expression",
		"path,field(1,/,2 /x": "ACL keyword 'path' : invalid arg 3 in converter 'field' : expected ')'",
	} {
		err := testCompiler().Test(&ACL{}, strings.Fields(text))
		if err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}
