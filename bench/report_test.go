package main

import (
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	id := func(f float64) float64 { return f }
	for _, c := range []struct {
		in   []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 2, 3}, 2.5}} {
		if got := median(c.in, id); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.in, got, c.want)
		}
	}
}

func TestReplaceKeepsTheRest(t *testing.T) {
	text := "# head\n\n<!-- a:begin -->\nold\n<!-- a:end -->\n\ntail\n"
	if got, want := replace(text, section{"a", "new\n"}), "# head\n\n<!-- a:begin -->\nnew\n<!-- a:end -->\n\ntail\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := replace("# head\n", section{"b", "x\n"}), "# head\n\n<!-- b:begin -->\nx\n<!-- b:end -->\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestInts(t *testing.T) {
	if v, err := ints("8,64"); err != nil || len(v) != 2 || v[1] != 64 {
		t.Errorf("%v %v", v, err)
	}
	for _, bad := range []string{"", "8,", "0", "x", "-1"} {
		if v, err := ints(bad); err == nil {
			t.Errorf("ints(%q) = %v", bad, v)
		}
	}
}

func TestSizes(t *testing.T) {
	for in, want := range map[string]int{"0": 0, "64k": 65536, "1m": 1 << 20, "item": bodySize} {
		if got := sizeOf(in); got != want {
			t.Errorf("sizeOf(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestPauseLine(t *testing.T) {
	m := gcLine.FindStringSubmatch("x\ngc 7 @1.203s 0%: 0.021+0.44+0.003 ms clock, 0.04+0/0.1/0.2+0.006 ms cpu, 4->4->2 MB\n")
	if m == nil || m[1] != "0.021" || m[2] != "0.003" {
		t.Errorf("%q", m)
	}
}

func TestBars(t *testing.T) {
	svg := barsSVG("µs", []string{"a", "b"}, []bar{{"x<y", map[string]float64{"a": 2, "b": 1}}})
	for _, want := range []string{"x&lt;y", `width="460.0"`, `width="230.0"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in\n%s", want, svg)
		}
	}
}
