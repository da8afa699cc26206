package main

import "testing"

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
