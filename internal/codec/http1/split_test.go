package http1

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// outcome is all there is to see of a parsed head, for comparison.
type outcome struct {
	n    int
	err  string
	head string
}

type parser struct {
	response bool
	req      Method
	limits   *Limits
}

func (p parser) parse(h *Head, b []byte) (int, error) {
	if p.response {
		return h.ParseResponse(b, p.limits, p.req)
	}
	return h.ParseRequest(b, p.limits)
}

// run parses in, of which the parser sees the bytes up to each cut in turn and then all, every time in another array.
func (p parser) run(t testing.TB, in []byte, cuts ...int) (*Head, outcome) {
	t.Helper()
	h := new(Head)
	h.Reset()
	for _, c := range append(cuts, len(in)) {
		b := bytes.Clone(in[:c])
		n, err := p.parse(h, b)
		if err != nil {
			e := err.(*Error)
			if n != 0 {
				t.Fatalf("n = %d with error %v", n, err)
			}
			if m, again := p.parse(h, b); m != 0 || again != err {
				t.Fatalf("after %v: %d, %v", err, m, again)
			}
			return h, outcome{err: fmt.Sprintf("%d %s @%d", e.Status, e.Reason, e.Pos)}
		}
		if n > 0 {
			if n > c {
				t.Fatalf("head of %d bytes out of %d", n, c)
			}
			// What was received must not be needed in its old place.
			h.Rebase(bytes.Clone(b))
			clear(b)
			return h, outcome{n: n, head: describe(h)}
		}
	}
	return h, outcome{}
}

func describe(h *Head) string {
	var s bytes.Buffer
	fmt.Fprintf(&s, "%v %q 1.%d %d %q len=%d chunked=%t keep=%t up=%t 100=%t target=%q path=%q query=%q host=%q\n",
		h.Method, h.MethodName(), h.Minor, h.Status, h.Reason(), h.ContentLength, h.Chunked, h.KeepAlive, h.Upgrade, h.Expect100,
		h.Target(), h.Path(), h.Query(), h.Host())
	for i := range h.Len() {
		fmt.Fprintf(&s, "%q: %q\n", h.Name(i), h.Value(i))
	}
	return s.String()
}

// everyCut checks that no way of cutting changes the outcome, and returns it.
func (p parser) everyCut(t testing.TB, in []byte) (*Head, outcome) {
	t.Helper()
	h, whole := p.run(t, in)
	all := make([]int, len(in))
	for i := range in {
		all[i] = i
		if len(in) > 2000 && i%97 != 0 && i < len(in)-100 {
			continue
		}
		if _, o := p.run(t, in, i); o != whole {
			t.Fatalf("cut at %d of %q:\n%+v\nin one piece:\n%+v", i, in, o, whole)
		}
	}
	if _, o := p.run(t, in, all...); o != whole {
		t.Fatalf("byte by byte, %q:\n%+v\nin one piece:\n%+v", in, o, whole)
	}
	return h, whole
}

func cutsAt(r *rand.Rand, n int) []int {
	var cuts []int
	for c := r.IntN(8); c < n; c += 1 + r.IntN(30) {
		cuts = append(cuts, c)
	}
	return cuts
}
