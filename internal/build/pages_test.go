package build

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

func TestErrorFiles(t *testing.T) {
	for _, tt := range []struct{ name, file, head, body, err string }{
		{"plain", "HTTP/1.0 503 Service Down\r\nX-A: b\r\nContent-Type: text/html\r\n\r\n<b>", "HTTP/1.1 503 Service Down\r\nx-a: b\r\ncontent-type: text/html\r\ncontent-length: 3\r\n", "<b>", ""},
		{"another status", "HTTP/1.1 200 OK\r\n\r\nfine", "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n", "fine", ""},
		{"bare line feeds", "HTTP/1.1 503 X\nA: b\n\nbody\n", "HTTP/1.1 503 X\r\na: b\r\ncontent-length: 5\r\n", "body\n", ""},
		{"own length", "HTTP/1.1 503 X\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 503 X\r\ncontent-length: 2\r\n", "ok", ""},
		{"connection fields", "HTTP/1.1 503 X\r\nConnection: close\r\nA: b\r\n\r\n", "HTTP/1.1 503 X\r\na: b\r\ncontent-length: 0\r\n", "", ""},
		{"no content", "HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204 No\r\n", "", ""},
		{"not modified", "HTTP/1.1 304 No\r\nContent-Length: 7\r\n\r\n", "HTTP/1.1 304 No\r\n", "", ""},
		{"empty", "", "", "", ""},
		{"too much", "HTTP/1.1 204 No\r\n\r\nbody", "", "", "message payload not expected"},
		{"too much unmodified", "HTTP/1.1 304 No\r\n\r\nbody", "", "", "message payload not expected"},
		{"interim", "HTTP/1.1 103 Early\r\n\r\n", "", "", "invalid http status code for an error message (103)"},
		{"switching", "HTTP/1.1 101 Other\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "", "", "invalid http status code for an error message (101)"},
		{"wrong length", "HTTP/1.1 503 X\r\nContent-Length: 99\r\n\r\nbody", "", "", "payload size does not match the announced content-length (4 != 99)"},
		{"two answers", "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "", "", "payload size does not match the announced content-length (19 != 0)"},
		{"two lengths", "HTTP/1.1 503 X\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbody", "", "", "unable to parse headers (error offset: 51)"},
		{"chunked", "HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "", "", "chunk-encoded payload not supported"},
		{"garbage", "hello\r\n\r\n", "", "", "unable to parse headers (error offset: 0)"},
		{"cut", "HTTP/1.1 503 X\r\nA: b\r\n", "", "", "unable to parse headers (error offset: 22)"},
	} {
		page, err := errorPage(503, &config.ErrorFile{Path: "p", Data: []byte(tt.file)})
		if err != nil || tt.err != "" {
			if err == nil || err.Error() != tt.err {
				t.Errorf("%s: error %v, want %q", tt.name, err, tt.err)
			}
			continue
		}
		if string(page.Head) != tt.head || string(page.Body) != tt.body {
			t.Errorf("%s: head %q body %q, want %q %q", tt.name, page.Head, page.Body, tt.head, tt.body)
		}
	}
}

// framed says whether the page is one answer that ends where the page ends.
func framed(t testing.TB, p *proxy.Page) {
	t.Helper()
	if len(p.Head) == 0 {
		if len(p.Body) > 0 {
			t.Errorf("a body of %d bytes without a head", len(p.Body))
		}
		return
	}
	var h http1.Head
	h.Reset()
	b := append(bytes.Clone(p.Head), '\r', '\n')
	n, err := h.ParseResponse(b, &http1.Limits{MaxHead: len(b) + 1}, http1.MethodGet)
	if err != nil || n != len(b) {
		t.Fatalf("the head %q: %d bytes, %v", p.Head, n, err)
	}
	if h.Status < 200 {
		t.Errorf("status %d", h.Status)
	}
	switch kind := h.ResponseBody(http1.MethodGet); {
	case kind == http1.BodyNone && len(p.Body) == 0:
	case kind == http1.BodyLength && h.ContentLength == int64(len(p.Body)):
	default:
		t.Errorf("head %q, body of %d bytes", p.Head, len(p.Body))
	}
}

const wholePage = "HTTP/1.0 503 Service Down\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n<html>down</html>\n"

// A file cut anywhere is refused, or is a whole answer.
func TestErrorFileCutAtEveryByte(t *testing.T) {
	head := strings.Index(wholePage, "\r\n\r\n") + 4
	for i := range len(wholePage) + 1 {
		page, err := errorPage(503, &config.ErrorFile{Data: []byte(wholePage[:i])})
		if whole := i == 0 || i >= head; whole != (err == nil) {
			t.Errorf("cut at %d: %v", i, err)
		}
		if err == nil {
			framed(t, page)
		}
	}
}

func FuzzErrorFile(f *testing.F) {
	for _, s := range []string{wholePage, "", "HTTP/1.1 204 No\n\n", "HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"HTTP/1.1 503 X\r\nUpgrade: a\r\nConnection: upgrade, keep-alive\r\nContent-Length: 1, 1\r\n\r\nx", "HTTP/1.0 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nxx"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if page, err := errorPage(503, &config.ErrorFile{Data: b}); err == nil {
			framed(t, page)
		}
	})
}

// The pages of a proxy: its own, and the built-in ones for the rest.
func TestPages(t *testing.T) {
	run, messages := tryBuild(t, `
 mode http
frontend a
 bind 127.0.0.1:1
 errorfile 503 /down
 errorfile 408 /silent
 errorloc 403 http://x/a
 errorloc302 404 /b
 errorloc303 500 /c?d=e
 default_backend b
backend b
backend c
`, Options{}, files{"/down": wholePage, "/silent": ""})
	if len(messages) > 0 {
		t.Fatal(messages)
	}
	pages := run.Frontends[0].Pages
	for status, want := range map[int]string{
		503: "HTTP/1.1 503 Service Down", 408: "", 403: "HTTP/1.1 302 Found", 404: "HTTP/1.1 302 Found", 500: "HTTP/1.1 303 See Other",
		502: "HTTP/1.1 502 Bad Gateway", 999: "HTTP/1.1 303 See Other", // that of 500
	} {
		p := pages.Get(status)
		line, _, _ := strings.Cut(string(p.Head), "\r\n")
		if line != want {
			t.Errorf("status %d: %q, want %q", status, line, want)
		}
		framed(t, p)
		if p.Status != status && status != 999 {
			t.Errorf("status %d: page of %d", status, p.Status)
		}
	}
	if got := string(pages.Get(500).Head); !strings.Contains(got, "\r\nlocation: /c?d=e\r\n") {
		t.Errorf("errorloc303: %q", got)
	}
	if b, c := run.Backends[0].Pages, run.Backends[1].Pages; b != c || b == pages {
		t.Error("proxies without pages of their own do not share the built-in ones")
	}
}

// A file that is no answer is an alert that names it, at its line.
func TestBadErrorFile(t *testing.T) {
	_, messages := tryBuild(t, " mode http\nfrontend a\n bind 127.0.0.1:1\n errorfile 503 /bad\n", Options{}, files{"/bad": "HTTP/1.1 204 No\r\n\r\nbody"})
	const want = "ALERT config : parsing [t.cfg:8] : errorfile : '/bad': message payload not expected"
	if len(messages) != 1 || messages[0] != want {
		t.Errorf("%q, want %q", messages, want)
	}
}
