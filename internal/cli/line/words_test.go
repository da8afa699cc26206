package line

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"", []string{""}},
		{"a;b", []string{"a", "b"}},
		{`a\;b;c`, []string{`a\;b`, "c"}},
		{`a\\;c`, []string{`a\\`, "c"}},
		{"a;", []string{"a", ""}},
		{"a\x00b", []string{"a", "b"}},
		{"a\r", []string{"a", ""}},
		{"a\\\r", []string{"a\\\r"}},
		{"a\rb", []string{"a\rb"}},
		{`a\`, []string{`a\`}},
	}
	for _, tt := range tests {
		var got []string
		for _, p := range Split([]byte(tt.in)) {
			got = append(got, string(p))
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%q: %s", tt.in, d)
		}
	}
}

func TestWords(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"  \t ", nil},
		{" a\tb ", []string{"a", "b"}},
		{`a\ b \x\\ \`, []string{"a b", `x\`, ""}},
		{`"a b"`, []string{`"a`, `b"`}},
		{strings.Repeat("a ", 64), strings.Split(strings.Repeat("a", 64), "")},
	}
	for _, tt := range tests {
		got, err := Words([]byte(tt.in))
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%q: %s", tt.in, d)
		}
	}
	if _, err := Words([]byte(strings.Repeat("a ", 65))); err == nil {
		t.Error("65 words were accepted")
	}
}

func TestParseDelay(t *testing.T) {
	for in, want := range map[string]string{"10": "10s", "1500ms": "1.5s", "2m": "2m0s", "1h": "1h0m0s", "1d": "24h0m0s", "5us": "5µs"} {
		if d, ok := parseDelay(in); !ok || d.String() != want {
			t.Errorf("%q: %v %v, want %s", in, d, ok, want)
		}
	}
	for _, in := range []string{"", "x", "-1", "1x", "s", "30d", "99999999999", "+1", "1 s"} {
		if d, ok := parseDelay(in); ok {
			t.Errorf("%q: accepted as %v", in, d)
		}
	}
}
