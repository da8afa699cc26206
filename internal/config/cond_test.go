package config

import (
	"strings"
	"testing"
)

func TestCondition(t *testing.T) {
	env := goldenEnv()
	facts := &Facts{Version: "3.4.1", Features: []string{"X"}, Enabled: []string{"Y"}, SSLName: "Go crypto", SSLVersion: "1.26.0"}
	for expr, want := range map[string]bool{
		"": false, "0": false, "1": true, "-1": true, "0x0": false, "0x10": true, "!0": true, "!!0": false,
		"1&&1": true, "1&&0": false, "0||1": true, "0 || 0": false, "1 || 0 && 0": true, "(1||0)&&0": false, "!(1&&0)": true,
		"defined(HOME)": true, "defined(EMPTY)": true, "defined(NOPE)": false, "defined": false,
		"feature(X)": true, "feature(x)": false, "enabled(Y)": true, "enabled(X)": false,
		"streq(a,a)": true, "streq(,)": true, "streq(a,A)": false, "strneq(a,b)": true, "strstr(abc,bc)": true, "strstr(abc,d)": false,
		`streq("a,b",'a,b')`: true, `streq("\n",\n)`: true,
		"version_atleast(3.4)": true, "version_atleast(3.4.1)": true, "version_atleast(3.4.2)": false, "version_before(3.4.2)": true,
		"version_atleast(3.4-dev1)": true, "version_before(3.5-dev0)": true, "version_atleast()": true,
		"openssl_version_atleast(1.26.0)": true, "openssl_version_before(1.26.0)": false, "openssl_version_atleast( 1.1.1a)": true, "ssllib_name_startswith(Go)": true,
		"awslc_api_atleast(1)": false, "awslc_api_before(1)": false,
	} {
		if got, err := Condition(expr, env, facts); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", expr, got, err, want)
		}
	}
	for expr, want := range map[string]string{
		"foo":       "unparsable conditional expression 'foo'",
		"1 x":       "unexpected character 'x' at the end of conditional expression '1 x'",
		"defined(a": "expected ')' in argument 1 of predicate 'defined' used in conditional expression",
	} {
		if _, err := Condition(expr, env, facts); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", expr, err, want)
		}
	}
}

func TestConditionDeep(t *testing.T) {
	deep := strings.Repeat("(", 1_000_000) + "1" + strings.Repeat(")", 1_000_000)
	if _, err := Condition(deep, nil, nil); err == nil || !strings.Contains(err.Error(), "too deep") {
		t.Errorf("a million parentheses: %v", err)
	}
	if v, err := Condition(strings.Repeat("!", 1_000_001)+"1", nil, nil); err != nil || v {
		t.Errorf("a million negations: %v, %v", v, err)
	}
	if v, err := Condition(strings.Repeat("0||", 300_000)+"1", nil, nil); err != nil || !v {
		t.Errorf("a long chain: %v, %v", v, err)
	}
}

func TestCompareVersions(t *testing.T) {
	order := []string{"1.9", "2.4-dev0", "2.4-dev19", "2.4-rc1", "2.4-rc1-0a1b-7", "2.4", "2.4.1", "2.10", "3.0-dev1"}
	for i, a := range order {
		for j, b := range order {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := compareVersions(a, b); got != want {
				t.Errorf("%s against %s: %d", a, b, got)
			}
		}
	}
}

func FuzzCondition(f *testing.F) {
	for _, s := range []string{"1 && (0 || !defined(A))", `streq("a",'b')`, "version_atleast(2.4-dev1)", "((1)", "!!", "streq(a,b,c)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Condition(s, goldenEnv(), nil)
		if err == nil && s != "" {
			if not, err := Condition("!("+s+")", goldenEnv(), nil); err != nil || not == v {
				t.Fatalf("%q is %v, its negation %v, %v", s, v, not, err)
			}
		}
	})
}

// A condition cut at any byte has a value or an error.
func TestConditionCut(t *testing.T) {
	expr := `!(defined(HOME) && streq("a\"b",'c d')) || version_atleast(2.4-dev1) && openssl_version_before(3.0.0)`
	for i := range len(expr) + 1 {
		_, err := Condition(expr[:i], goldenEnv(), nil)
		if err != nil && err.Error() == "" {
			t.Errorf("%q: an error without words", expr[:i])
		}
	}
}

// A file with ".if" nested a million deep is read as far as the first that is
// too deep, and no further.
func TestNestedMillion(t *testing.T) {
	for _, unit := range []string{".if 1\n", ".if 0\n", ".if foo\n"} {
		_, d := load(File{"f.cfg", []byte(strings.Repeat(unit, 1_000_000))})
		if d.Alerts() != 1 || len(d.List) != 2 {
			t.Errorf("%q: %v", unit, d.List)
		}
	}
}
