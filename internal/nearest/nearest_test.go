package nearest

import (
	"slices"
	"strings"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "xbc", 1}, {"abc", "", 3}, {"deamon", "daemon", 1}, {"kitten", "sitting", 3}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%s and %s: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestName(t *testing.T) {
	names := []string{"path", "path_beg", "src", "lower", "upper", "length", strings.Repeat("x", 65)}
	for word, want := range map[string]string{
		"pth": "path", "paht": "path", "lowre": "lower", "leng": "length", "": "", "p": "", "zzzz": "",
		"path_": "path", strings.Repeat("x", 64): "", strings.Repeat("x", 1000): "",
	} {
		if got := Name(word, slices.Values(names)); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if got := Hint("sorce", slices.Values([]string{"source"})); got != " (did you mean 'source' maybe ?)" {
		t.Error(got)
	}
	if got := Hint("sorce", slices.Values([]string{"dst"})); got != "" {
		t.Error(got)
	}
}
