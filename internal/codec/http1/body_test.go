package http1

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
)

// passed is what becomes of a body given in pieces.
type passed struct {
	n    int // bytes taken
	done bool
	err  string
}

func runPass(k BodyKind, length int64, in []byte, cuts ...int) passed {
	var b Body
	b.Reset(k, length)
	r := passed{}
	for _, c := range append(cuts, len(in)) {
		for r.n < c {
			n, err := b.Pass(in[r.n:c])
			r.n += n
			if err != nil {
				r.err = err.Error()
				return r
			}
			if n == 0 {
				break
			}
		}
	}
	r.done = b.Done()
	return r
}

func runPayload(k BodyKind, length int64, in []byte, cuts ...int) (passed, []byte) {
	var b Body
	var out []byte
	b.Reset(k, length)
	r := passed{}
	for _, c := range append(cuts, len(in)) {
		for r.n < c {
			data, n, err := b.Payload(in[r.n:c])
			out = append(out, data...)
			r.n += n
			if err != nil {
				r.err = err.Error()
				return r, out
			}
			if n == 0 {
				break
			}
		}
	}
	r.done = b.Done()
	return r, out
}

// everyBodyCut checks that Pass and Payload agree however in is cut.
func everyBodyCut(t testing.TB, k BodyKind, length int64, in []byte) (passed, string) {
	t.Helper()
	want := runPass(k, length, in)
	_, data := runPayload(k, length, in)
	check := func(cuts ...int) {
		t.Helper()
		if r := runPass(k, length, in, cuts...); r != want {
			t.Fatalf("Pass %.200q cut at %v: %+v, want %+v", in, cuts, r, want)
		}
		if r, d := runPayload(k, length, in, cuts...); r != want || !bytes.Equal(d, data) {
			t.Fatalf("Payload %.200q cut at %v: %+v %q, want %+v %q", in, cuts, r, d, want, data)
		}
	}
	check()
	all := make([]int, len(in))
	for i := range in {
		all[i] = i
		if len(in) < 2000 || i%197 == 0 {
			check(i)
		}
	}
	check(all...)
	return want, string(data)
}

const last = "0\n\n"

// What the reference (3.5) takes and refuses in the same way, unless a comment says otherwise.
func TestChunked(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	for _, c := range []struct{ name, in, data, reason string }{
		{"plain", "2\nab\n" + last, "ab", ""},
		{"empty", last, "", ""},
		{"many", "a\n0123456789\nA\n0123456789\n1;x\nz\n" + last, "01234567890123456789z", ""},
		{"zeros", "0000000000000002\nab\n000\n\n", "ab", ""},
		{"spaces", "2 \t\nab\n0   ;a\n\n", "ab", ""},
		{"extensions", "2;a=b;c;d = \"x;\\\"\\\\y\xff\"\nab\n0;z\n\n", "ab", ""},
		{"long extension", "2;" + a(14000) + "\nab\n" + last, "ab", ""},
		{"trailers", "2\nab\n0\nX: y\nGrpc-Status: 0\nEmpty:\nContent-Lengt: 1\nContent-Lengthy: 1\nTransfer-Encoding-X: 1\n\n", "ab", ""},

		{"LF after size", "2\nab\r\n0\r\n\r\n", "", "invalid chunk size"},
		{"LF after data", "2\r\nab\n0\r\n\r\n", "", "chunk longer than its size"},
		{"LF after extension", "2;a\nab\r\n0\r\n\r\n", "", "invalid chunk extension"}, // TERM.EXT
		{"LF in quotes", "2;a=\"\n\"\r\nab\r\n0\r\n\r\n", "", "invalid chunk extension"},
		{"CR LF in quotes", "2;a=\"\r\n\"\r\nab\r\n", "", "invalid chunk extension"},
		{"CR in extension", "2;a\rb\r\nab\r\n", "", "CR without LF in chunk size"},
		{"NUL in extension", "2;a\x00\nab\n" + last, "", "invalid chunk extension"},
		{"control in extension", "2;a\x01\nab\n" + last, "", "invalid chunk extension"},
		{"backslash in extension", "2;a\\\"\nab\n" + last, "", "invalid chunk extension"},
		{"open quote", "2;a=\"b\nab\n" + last, "", "invalid chunk extension"},
		{"endless extension", "2;" + a(17000), "", "chunk extension too long"},
		{"endless spaces", "2" + strings.Repeat(" ", 17000), "", "chunk extension too long"},
		{"no size", "\n2\nab\n" + last, "", "invalid chunk size"},
		{"extension without size", ";a\nab\n" + last, "", "invalid chunk size"},
		{"letter", "g\n", "", "invalid chunk size"},
		{"letter behind", "2g\n", "", "invalid chunk size"},
		{"word behind", "2 a\n", "", "invalid chunk size"},
		{"0x", "0x2\nab\n" + last, "", "invalid chunk size"},
		{"plus", "+2\nab\n" + last, "", "invalid chunk size"},
		{"minus", "-2\nab\n" + last, "", "invalid chunk size"},
		{"space before", " 2\nab\n" + last, "", "invalid chunk size"},
		{"underscore", "1_0\n", "", "invalid chunk size"},
		{"2^52", "10000000000000\n", "", "chunk size too large"},
		{"2^64", "10000000000000000\n", "", "chunk size too large"},
		{"2^64-1", "FFFFFFFFFFFFFFFF\n", "", "chunk size too large"},
		{"zeros without end", strings.Repeat("0", 17), "", "chunk size too long"}, // the reference takes any number
		{"too much data", "2\nabc\n" + last, "ab", "chunk longer than its size"},
		{"no line end after data", "2\nab0\n\n", "ab", "chunk longer than its size"},
		{"CR after data", "2\r\nab\r0\r\n\r\n", "ab", "CR without LF after chunk"},
		{"CR CR after size", "2\r\rab\r\n0\r\n\r\n", "", "CR without LF in chunk size"},

		{"trailer space", "0\nX : y\n\n", "", "invalid trailer name"},
		{"trailer no colon", "0\nX\n\n", "", "invalid trailer name"},
		{"trailer no name", "0\n: y\n\n", "", "invalid trailer name"},
		{"trailer UTF-8", "0\nX\xff: y\n\n", "", "invalid trailer name"},
		{"trailer coding", "0\nTransfer-Encoding: chunked\n\n", "", "forbidden trailer"},
		{"trailer connection", "0\nConnection: close\n\n", "", "forbidden trailer"},
		{"trailer CR", "0\r\nX: a\rb\r\n\r\n", "", "CR without LF in trailers"},
		{"trailer NUL", "0\nX: \x00\n\n", "", "invalid character in trailer"},
		{"trailer end", "0\r\n\rX", "", "CR without LF in trailers"},
		{"trailers too large", "0\nX: " + a(17000) + "\n\n", "", "trailers too large"},
		{"trailers too many", "0\n" + strings.Repeat("X: a\n", 110) + "\n", "", "too many trailers"},
		// The reference writes trailers anew and takes these; here they are forwarded as they came.
		{"trailer length", "0\nContent-Length: 5\n\n", "", "forbidden trailer"},
		{"trailer host", "0\nhOST: x\n\n", "", "forbidden trailer"},
		{"trailer LF", "0\r\nX: y\nZ: t\r\n\r\n", "", "invalid character in trailer"},
		{"trailer fold", "0\nX: y\n z\n\n", "", "invalid trailer name"},
		{"trailer last LF", "0\r\n\n", "", "invalid trailer name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := crlf(c.in)
			if strings.HasPrefix(c.name, "LF ") {
				in = c.in
			}
			r, data := everyBodyCut(t, BodyChunked, 0, []byte(in+"next"))
			if c.reason == "" {
				if want := (passed{n: len(in), done: true}); r != want || data != c.data {
					t.Errorf("%+v %q, want %+v %q", r, data, want, c.data)
				}
				return
			}
			if r.done || !strings.Contains(r.err, c.reason) {
				t.Errorf("%+v, want %s", r, c.reason)
			}
			if want := fmt.Sprintf("at byte %d", r.n); !strings.HasSuffix(r.err, want) {
				t.Errorf("%s, want %s", r.err, want)
			}
		})
	}
}

func TestBodyKinds(t *testing.T) {
	in := []byte("0123456789")
	for _, c := range []struct {
		k      BodyKind
		length int64
		want   passed
		end    bool // complete when the peer closes
	}{
		{BodyNone, 5, passed{0, true, ""}, true},
		{BodyLength, 0, passed{0, true, ""}, true},
		{BodyLength, 4, passed{4, true, ""}, true},
		{BodyLength, 10, passed{10, true, ""}, true},
		{BodyLength, 11, passed{10, false, ""}, false},
		{BodyLength, math.MaxInt64, passed{10, false, ""}, false},
		{BodyUntilClose, 0, passed{10, false, ""}, true},
		{BodyTunnel, 0, passed{10, false, ""}, true},
	} {
		r, data := everyBodyCut(t, c.k, c.length, in)
		if r != c.want || data != string(in[:r.n]) {
			t.Errorf("%v %d: %+v %q, want %+v", c.k, c.length, r, data, c.want)
		}
		var b Body
		b.Reset(c.k, c.length)
		if _, err := b.Pass(in); err != nil || b.Kind() != c.k {
			t.Errorf("%v: %v", b.Kind(), err)
		}
		if err := b.End(); (err == nil) != c.end || b.Done() != c.end {
			t.Errorf("%v %d at the end: %v, %t", c.k, c.length, err, b.Done())
		}
	}
}

// TestSkip: content may be moved past the codec.
func TestSkip(t *testing.T) {
	var b Body
	b.Reset(BodyChunked, 0)
	if b.Direct() != 0 {
		t.Error("content before a chunk")
	}
	if n, err := b.Pass([]byte("ff\r\nab")); n != 6 || err != nil || b.Direct() != 253 {
		t.Fatal(n, err, b.Direct())
	}
	b.Skip(250)
	b.Skip(-1)
	if n, err := b.Pass([]byte("abc\r\n" + LastChunk + "x")); n != 10 || err != nil || !b.Done() || b.Direct() != 0 {
		t.Fatal(n, err, b.Done())
	}
	b.Reset(BodyLength, 1<<40)
	if b.Direct() != 1<<40 {
		t.Error(b.Direct())
	}
	b.Skip(math.MaxInt64)
	if !b.Done() {
		t.Error("not done")
	}
	b.Reset(BodyTunnel, 0)
	b.Skip(1 << 50)
	if b.Done() || b.Direct() != math.MaxInt64 {
		t.Error(b.Done(), b.Direct())
	}
}

func TestAppendChunk(t *testing.T) {
	var wire, want []byte
	for _, n := range []int{1, 9, 10, 15, 16, 17, 255, 256, 4095, 4096, 70000, 0} {
		data := bytes.Repeat([]byte{byte(n)}, n)
		want = append(want, data...)
		before := len(wire)
		wire = AppendChunk(wire, data)
		if n == 0 && len(wire) != before {
			t.Error("an empty chunk is the last one")
		}
		if n > 0 && !bytes.HasPrefix(wire[before:], fmt.Appendf(nil, "%X\r\n", n)) {
			t.Errorf("%d: %q", n, wire[before:before+8])
		}
	}
	wire = append(wire, LastChunk...)
	if r, got := runPayload(BodyChunked, 0, wire); !r.done || r.n != len(wire) || !bytes.Equal(got, want) {
		t.Errorf("%+v", r)
	}
}
