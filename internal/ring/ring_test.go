package ring

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

var now = time.Unix(1, 0)

// A buffer keeps the last lines, and no more than fit.
func TestBuffer(t *testing.T) {
	s := Buffer("b")
	for i := range 200000 {
		s.Add(now, fmt.Appendf(nil, "line %d", i))
	}
	l := s.Lines()
	if len(l) < 10000 || len(l)*(perLine+11) > maxBytes+100 || l[len(l)-1].Text != "line 199999" {
		t.Fatalf("%d lines, the last %v", len(l), l[len(l)-1])
	}
	for i, x := range l {
		if want := fmt.Sprint("line ", 200000-len(l)+i); x.Text != want || x.At != now {
			t.Fatalf("line %d is %v, want %s", i, x, want)
		}
	}
	if cap(s.lines) > 3*len(l) {
		t.Errorf("room for %d lines where there are %d", cap(s.lines), len(l))
	}
	s.Add(now, bytes.Repeat([]byte("x"), 2*maxBytes))
	if n := len(s.Lines()); n != 0 {
		t.Errorf("%d lines beside one that is larger than all may be", n)
	}
}

func TestPrinter(t *testing.T) {
	r, w := io.Pipe()
	s := Printer("p", "", w)
	text := []byte("a")
	for range 3000 { // nobody reads: it must not block
		s.Add(now, text)
	}
	if d := s.Dropped(); d < 3000-1024-2 {
		t.Errorf("%d dropped", d)
	}
	text[0] = 'b' // it has its own copy
	got := make([]byte, 20)
	if _, err := io.ReadFull(r, got); err != nil || string(got) != strings.Repeat("a\n", 10) {
		t.Errorf("%q, %v", got, err)
	}
	r.Close()
}

func TestManyWriters(t *testing.T) {
	s := Buffer("b")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				s.Add(now, []byte("x"))
				s.Lines()
			}
		})
	}
	all.Wait()
	if n := len(s.Lines()); n != 4000 {
		t.Errorf("%d lines", n)
	}
}

func TestFind(t *testing.T) {
	for _, s := range All() {
		if Find(s.Name) != s {
			t.Errorf("%s is not found", s.Name)
		}
	}
	if Find("nope") != nil {
		t.Error("found what is not there")
	}
}
