package http1

import (
	"strings"
	"testing"
)

func parsed(t testing.TB, in string) *Head {
	t.Helper()
	h, o := parser{}.run(t, []byte(crlf(in)))
	if o.n == 0 {
		t.Fatalf("%q: %+v", in, o)
	}
	return h
}

func appended(h *Head) string { return strings.ReplaceAll(string(h.Append(nil)), "\r\n", "\n") }

func TestFields(t *testing.T) {
	const in = "GET /p?q HTTP/1.1\nHost: h\nCookie: a\nX-B: 1\ncOOKie: b\nx-b: 2\nConnection: x\n\n"
	s := func(v string) []byte { return []byte(v) }
	for _, c := range []struct {
		name string
		do   func(h *Head)
		out  string
	}{
		{"nothing", func(*Head) {}, "GET /p?q HTTP/1.1\nhost: h\ncookie: a\nx-b: 1\ncookie: b\nx-b: 2\nconnection: x\n\n"},
		{"add", func(h *Head) { h.Add(s("X-B"), s("3")) }, "GET /p?q HTTP/1.1\nhost: h\ncookie: a\nx-b: 1\ncookie: b\nx-b: 2\nconnection: x\nx-b: 3\n\n"},
		{"set known", func(h *Head) { h.Set(s("COOKIE"), s("c")) }, "GET /p?q HTTP/1.1\nhost: h\nx-b: 1\nx-b: 2\nconnection: x\ncookie: c\n\n"},
		{"set other", func(h *Head) { h.Set(s("X-b"), s("c")) }, "GET /p?q HTTP/1.1\nhost: h\ncookie: a\ncookie: b\nconnection: x\nx-b: c\n\n"},
		{"set host", func(h *Head) { h.Set(s("Host"), s("other")) }, "GET /p?q HTTP/1.1\ncookie: a\nx-b: 1\ncookie: b\nx-b: 2\nconnection: x\nhost: other\n\n"},
		{"del known", func(h *Head) { h.Del("cookie") }, "GET /p?q HTTP/1.1\nhost: h\nx-b: 1\nx-b: 2\nconnection: x\n\n"},
		{"del other", func(h *Head) { h.Del("x-b"); h.Del("x-c") }, "GET /p?q HTTP/1.1\nhost: h\ncookie: a\ncookie: b\nconnection: x\n\n"},
		{"replace one", func(h *Head) { h.SetValueAt(h.Find("x-b", 3), s("new")) }, "GET /p?q HTTP/1.1\nhost: h\ncookie: a\nx-b: 1\ncookie: b\nx-b: new\nconnection: x\n\n"},
		{"value of a field made", func(h *Head) {
			h.Add(s("a"), s("1"))
			v, _ := h.Get("a")
			for range 50 {
				h.Add(s("b"), v)
			}
			h.Del("b")
			h.Set(s("a"), v)
		}, "GET /p?q HTTP/1.1\nhost: h\ncookie: a\nx-b: 1\ncookie: b\nx-b: 2\nconnection: x\na: 1\n\n"},
		{"line", func(h *Head) { h.SetMethod(s("PUT")); h.SetTarget(s("/x")) }, "PUT /x HTTP/1.1\nhost: h\ncookie: a\nx-b: 1\ncookie: b\nx-b: 2\nconnection: x\n\n"},
		{"path", func(h *Head) { h.SetPath(s("/new")); h.Del("x-b") }, "GET /new?q HTTP/1.1\nhost: h\ncookie: a\ncookie: b\nconnection: x\n\n"},
		{"query", func(h *Head) { h.SetQuery(s("r=1")); h.SetQuery(nil); h.SetQuery(s("s")) }, "GET /p?s HTTP/1.1\nhost: h\ncookie: a\nx-b: 1\ncookie: b\nx-b: 2\nconnection: x\n\n"},
	} {
		h := parsed(t, in)
		c.do(h)
		if out := appended(h); out != c.out {
			t.Errorf("%s:\n got %q\nwant %q", c.name, out, c.out)
		}
	}
}

func TestFind(t *testing.T) {
	h := parsed(t, "GET / HTTP/1.1\nX-A: 1\nHOST: h\nx-a: 2\nhosts: x\n\n")
	for _, c := range []struct {
		name       string
		from, want int
	}{{"x-a", 0, 0}, {"x-a", 1, 2}, {"x-a", 3, -1}, {"host", 0, 1}, {"host", 2, -1}, {"hosts", 0, 3}, {"x", 0, -1}, {"", 0, -1}, {"x-a", 99, -1}} {
		if i := h.Find(c.name, c.from); i != c.want {
			t.Errorf("Find(%q, %d) = %d, want %d", c.name, c.from, i, c.want)
		}
	}
	h.DelAt(0)
	if v, ok := h.Get("x-a"); !ok || string(v) != "2" || h.Name(0) != nil || h.Value(0) != nil || h.Len() != 4 {
		t.Errorf("after a deletion: %q %t %q %q %d", v, ok, h.Name(0), h.Value(0), h.Len())
	}
	// Every name with an id is found by it, in any case, and nothing else is.
	for k, name := range idNames {
		if k == 0 {
			continue
		}
		if lookupID(name) != id(k) || lookupIDFold([]byte(strings.ToUpper(name))) != id(k) {
			t.Errorf("%s: %d %d, want %d", name, lookupID(name), lookupIDFold([]byte(name)), k)
		}
		for i := range name {
			other := []byte(name)
			other[i] = 'x'
			if name[i] != 'x' && lookupIDFold(other) != idOther {
				t.Errorf("%s is taken for %s", other, idNames[lookupIDFold(other)])
			}
		}
	}
}

// TestNoInjection: no value that a rule computes ends a line.
func TestNoInjection(t *testing.T) {
	evil := []byte("a\r\nX-Evil: 1\n\nGET /evil HTTP/1.1\r\n\x00")
	h := parsed(t, "GET / HTTP/1.1\nHost: h\nX: y\n\n")
	h.Add([]byte("A\r\nb: "), evil)
	h.Set([]byte("C"), evil)
	h.SetValueAt(h.Find("x", 0), evil)
	h.SetMethod([]byte("GET /evil HTTP/1.1\r\n\r\nPUT"))
	h.SetTarget(append([]byte("/"), evil...))
	h.SetQuery(evil)
	out := h.Append(nil)
	g, o := parser{}.run(t, out)
	if o.n != len(out) || g.Len() != 4 || g.Find("x-evil", 0) >= 0 {
		t.Errorf("%q: %+v", out, o)
	}
	r, _ := parser{response: true}.run(t, []byte("HTTP/1.1 200 OK\r\n\r\n"))
	r.SetStatus(12345, evil)
	out = r.Append(nil)
	if g, o := (parser{response: true}).run(t, out); o.n != len(out) || g.Len() != 0 || g.Status != 999 {
		t.Errorf("%q: %+v", out, o)
	}
}

// TestFramingGuard: rules cannot make the next hop see another end of the message than the proxy does.
func TestFramingGuard(t *testing.T) {
	for _, c := range []struct {
		name, in string
		do       func(h *Head)
		out      string
	}{
		{"other length", "Content-Length: 2\n", func(h *Head) { h.Set([]byte("content-length"), []byte("7")) }, "content-length: 2\n"},
		{"length removed", "Content-Length: 2\n", func(h *Head) { h.Del("content-length") }, "content-length: 2\n"},
		{"coding added", "Content-Length: 2\n", func(h *Head) { h.Add([]byte("Transfer-Encoding"), []byte("chunked")) }, "content-length: 2\n"},
		{"length added", "Transfer-Encoding: chunked\n", func(h *Head) { h.Add([]byte("Content-Length"), []byte("7")) }, "transfer-encoding: chunked\n"},
		{"coding changed", "Transfer-Encoding: chunked\n", func(h *Head) { h.SetValueAt(0, []byte("gzip")) }, "transfer-encoding: chunked\n"},
		{"length without body", "", func(h *Head) { h.Add([]byte("Content-Length"), []byte("7")) }, ""},
		{"meant", "Content-Length: 2\n", func(h *Head) { h.SetFraming(BodyChunked, 0) }, "transfer-encoding: chunked\n"},
		{"meant too", "Transfer-Encoding: chunked\n", func(h *Head) { h.SetFraming(BodyLength, 9) }, "content-length: 9\n"},
		{"none", "Content-Length: 2\n", func(h *Head) { h.SetFraming(BodyNone, 0) }, ""},
	} {
		h := parsed(t, "POST / HTTP/1.1\n"+c.in+"\n")
		c.do(h)
		if out, want := appended(h), "POST / HTTP/1.1\n"+c.out+"\n"; out != want {
			t.Errorf("%s: %q, want %q", c.name, out, want)
		}
	}
}

func TestTargetParts(t *testing.T) {
	for _, c := range []struct{ line, path, query, host string }{
		{"GET /a/b?c=d?e", "/a/b", "c=d?e", ""},
		{"GET /a", "/a", "", ""},
		{"GET /a?", "/a", "", ""},
		{"GET http://u@h:8080/a?b", "/a", "b", "h:8080"},
		{"GET http://h:80/a?b", "/a", "b", "h"},
		{"GET http://h", "/", "", "h"},
		{"GET http://h?b", "", "b", "h"},
		{"OPTIONS *", "*", "", ""},
		{"OPTIONS http://h", "", "", "h"},
		{"CONNECT h:80", "", "", "h:80"},
	} {
		h := parsed(t, c.line+" HTTP/1.1\n\n")
		check := func(what string) {
			if string(h.Path()) != c.path || string(h.Query()) != c.query || string(h.Host()) != c.host {
				t.Errorf("%s%s: %q %q %q", c.line, what, h.Path(), h.Query(), h.Host())
			}
		}
		check("")
		h.SetTarget(h.Target())
		check(", set again")
	}
}

func TestCompose(t *testing.T) {
	var h Head
	h.Reset()
	h.StartRequest(MethodGet, []byte("/check"))
	h.Add([]byte("Host"), []byte("h"))
	if out := appended(&h); out != "GET /check HTTP/1.1\nhost: h\n\n" || string(h.Host()) != "h" {
		t.Errorf("%q %q", out, h.Host())
	}
	h.Reset()
	h.StartResponse(503, nil)
	h.Add([]byte("Connection"), []byte("close"))
	h.SetFraming(BodyLength, 3)
	if out := appended(&h); out != "HTTP/1.1 503 Service Unavailable\nconnection: close\ncontent-length: 3\n\n" {
		t.Errorf("%q", out)
	}
}

// A field that is set again and again takes one place, and others keep theirs.
func TestSetOften(t *testing.T) {
	var h Head
	n, err := h.ParseRequest([]byte("GET / HTTP/1.1\r\nhost: a\r\nb: c\r\n\r\n"), &Limits{})
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
	for i := range 10000 {
		h.Set([]byte("x-n"), []byte{byte('0' + i%10)})
		if h.Len() != 3 {
			t.Fatalf("%d places after %d times", h.Len(), i+1)
		}
	}
	if got, want := string(h.Append(nil)), "GET / HTTP/1.1\r\nhost: a\r\nb: c\r\nx-n: 9\r\n\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
