package sample

import "testing"

func TestCaptures(t *testing.T) {
	var c Captures
	c.Set(0, []byte("x")) // there is no slot
	c.Open([]int{3, 0})
	c.Set(0, []byte("abcdef"))
	c.Set(1, []byte("abcdef"))
	c.Set(2, []byte("x"))
	c.Set(-1, []byte("x"))
	if string(c.Get(0)) != "abc" || c.Get(1) == nil || len(c.Get(1)) != 0 || c.Get(2) != nil || c.Get(-1) != nil || len(c.All()) != 2 {
		t.Errorf("%q", c.All())
	}
	lens := []int{5}
	c.Open(lens)
	if c.Get(0) != nil {
		t.Errorf("not empty: %q", c.Get(0))
	}
	text := []byte("text")
	if n := testing.AllocsPerRun(10, func() { c.Open(lens); c.Set(0, text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
