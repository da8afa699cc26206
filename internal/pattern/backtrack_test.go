package pattern

import (
	"strings"
	"testing"
	"time"
)

// What RE2 does not have.
func TestBeyondRE2(t *testing.T) {
	for _, x := range []struct {
		pattern string
		fold    bool
		yes, no string
	}{
		{`^(?!/admin)`, false, "/x /adm", "/admin /admin/x"},
		{`^/(\w+)/\1$`, false, "/a/a /xy/xy", "/a/b /a/ab"},
		{`(?<=id=)\d+`, false, "?id=7", "?ix=7"},
		{`(?<!x)foo`, true, "FOO afoo", "xFoo"},
		{`^(?>a+)b`, false, "aab", "aac"},
		{`^é(?=.)`, false, "éx", "e\xe9"},
	} {
		r := NewReference("r")
		v, err := r.View(Reg, x.fold, NoValue)
		if err == nil {
			err = r.Add(Current, x.pattern, "")
		}
		if err != nil {
			t.Error(err)
			continue
		}
		for _, s := range strings.Fields(x.yes) {
			if v.Bytes([]byte(s)) == nil {
				t.Errorf("%s does not match %s", x.pattern, s)
			}
		}
		for _, s := range strings.Fields(x.no) {
			if v.Bytes([]byte(s)) != nil {
				t.Errorf("%s matches %s", x.pattern, s)
			}
		}
	}
	for _, bad := range []string{"(", "(?=", "[", `\`, "a**", "(?!a", "(a{1000}){1000}"} {
		if re, err := CompileRegexp(bad, false); err == nil {
			t.Errorf("%s: %T", bad, re)
		}
	}
}

func TestBeyondRE2Groups(t *testing.T) {
	re, err := CompileRegexp(`(\w)(x)?(?=-)`, false)
	if err != nil {
		t.Fatal(err)
	}
	got := re.FindAllSubmatchIndex([]byte("é a- bx-"), -1)
	want := [][]int{{3, 4, 3, 4, -1, -1}, {6, 8, 6, 7, 7, 8}}
	if len(got) != len(want) {
		t.Fatal(got)
	}
	for i := range want {
		for k := range want[i] {
			if got[i][k] != want[i][k] {
				t.Errorf("match %d: %v, want %v", i, got[i], want[i])
				break
			}
		}
	}
	if loc := re.FindSubmatchIndex([]byte("none")); loc != nil {
		t.Error(loc)
	}
}

// An expression made to backtrack is cut off, counts as no match and is told of once.
func TestCutOff(t *testing.T) {
	var told []string
	OnCutOff(func(p string) { told = append(told, p) })
	defer OnCutOff(func(string) {})
	const bad = `^(\w+\s?)*\1$(?=x)`
	re, err := CompileRegexp(bad, false)
	if err != nil {
		t.Fatal(err)
	}
	value := []byte(strings.Repeat("a", 4000) + "!")
	start := time.Now()
	for range 3 {
		if re.Match(value) || re.FindSubmatchIndex(value) != nil {
			t.Error("it matches")
		}
	}
	if d := time.Since(start); d > 5*time.Second { // 6 times 10 ms, on a machine with much else to do
		t.Errorf("it took %v", d)
	}
	if len(told) != 1 || told[0] != bad {
		t.Errorf("told of %q", told)
	}
}

func FuzzRegexp(f *testing.F) {
	for _, s := range []string{"^a", "(?!a)b", `(a)\1`, "(?<=x)y", "(", `\K`} {
		f.Add(s, "aab", true)
	}
	f.Fuzz(func(t *testing.T, pattern, value string, fold bool) {
		re, err := CompileRegexp(pattern, fold)
		if err != nil {
			return
		}
		for _, loc := range re.FindAllSubmatchIndex([]byte(value), 4) {
			if loc[0] < 0 || loc[1] < loc[0] || loc[1] > len(value) {
				t.Errorf("%v in %d bytes", loc, len(value))
			}
		}
	})
}
