package http1

import (
	"strings"
	"testing"
)

// laxRequests are refused unless Limits.Lax is set. Every row was put to the reference with
// "option accept-unsafe-violations-in-http-request"; out is what it forwards, empty where it refuses, too, except where a comment says
// that Sluice is stricter.
var laxRequests = []struct{ name, in, out, flags string }{
	{"blank in a name", "GET / HTTP/1.1\nX a: 1\nY: 2\n\n", "GET / HTTP/1.1\ny: 2\n\n", "keep"},
	{"NUL in a name", "GET / HTTP/1.1\nX\x00: 1\nY: 2\n\n", "GET / HTTP/1.1\ny: 2\n\n", "keep"},
	{"high byte in a name", "GET / HTTP/1.1\nX\xe9: 1\nY: 2\n\n", "GET / HTTP/1.1\ny: 2\n\n", "keep"},
	{"blank before the first name", "GET / HTTP/1.1\n X: 1\nY: 2\n\n", "GET / HTTP/1.1\ny: 2\n\n", "keep"},
	{"fold of a dropped field", "GET / HTTP/1.1\r\nX\x00: 1\r\n more\r\nY: 2\r\n 3\r\n\r\n", "GET / HTTP/1.1\ny: 2   3\n\n", "keep"},
	{"no colon", "GET / HTTP/1.1\nX y\n\n", "", ""},
	{"empty name", "GET / HTTP/1.1\n: a\n\n", "", ""},
	{"long odd name", "GET / HTTP/1.1\n \x00" + strings.Repeat("a", 255) + ": 1\n\n", "", ""},
	// The reference drops these, and goes on by the other framing field, or none.
	{"CR in a name", "GET / HTTP/1.1\r\nX\rY: 1\r\n\r\n", "", ""},
	{"length and blank", "POST / HTTP/1.1\nContent-Length : 3\n\n", "", ""},
	{"length with NUL", "POST / HTTP/1.1\nContent\x00-Length: 3\nContent-Length: 4\n\n", "", ""},
	{"blank before length", "POST / HTTP/1.1\n Content-Length: 3\n\n", "", ""},
	{"coding and blank", "POST / HTTP/1.1\nTransfer-Encoding : chunked\n\n", "", ""},
	{"coding after a control character", "POST / HTTP/1.1\nHost: h\n\x0btransfer-encoding: chunked\n\n", "", ""},
	{"coding behind another name", "POST / HTTP/1.1\nHost: h\nX\x85Transfer-Encoding: chunked\n\n", "", ""},

	{"NUL in a value", "GET / HTTP/1.1\nX: 1\x002\n\n", "GET / HTTP/1.1\nx: 1\x002\n\n", "keep"},
	{"NUL in a host", "GET / HTTP/1.1\nHost: h\x00\n\n", "", ""},
	{"NUL in a length", "POST / HTTP/1.1\nContent-Length: 3\x00\n\n", "", ""},
	{"NUL in a coding", "POST / HTTP/1.1\nTransfer-Encoding: chunked\x00\n\n", "", ""},
	{"CR in a value", "GET / HTTP/1.1\r\nX: 1\r2\r\n\r\n", "", ""},

	{"high bytes in a target", "GET /\x80\xe9\xff HTTP/1.1\n\n", "GET /\x80\xe9\xff HTTP/1.1\n\n", "keep"},
	{"control character in a target", "GET /\x01 HTTP/1.1\n\n", "", ""},
	{"DEL in a target", "GET /\x7f HTTP/1.1\n\n", "", ""},
	{"fragment", "GET /a?b#c HTTP/1.1\n\n", "GET /a?b#c HTTP/1.1\n\n", "keep"},
	{"fragment alone", "GET # HTTP/1.1\n\n", "", ""},
	{"fragment of an absolute target", "GET http://h#x HTTP/1.1\nHost: h\n\n", "GET http://h#x HTTP/1.1\nhost: h\n\n", "keep"},

	{"CONNECT without port", "CONNECT foo HTTP/1.1\nHost: h\n\n", "CONNECT foo HTTP/1.1\nhost: h\n\n", "keep"},
	{"CONNECT elsewhere", "CONNECT a:80 HTTP/1.1\nHost: b:80\n\n", "CONNECT a:80 HTTP/1.1\nhost: b:80\n\n", "keep"},
	{"CONNECT with a user and a path", "CONNECT a:b@c/d?e HTTP/1.1\n\n", "CONNECT a:b@c/d?e HTTP/1.1\n\n", "keep"},
	{"CONNECT to a path", "CONNECT /foo HTTP/1.1\n\n", "", ""},
	{"CONNECT to a URI", "CONNECT http://x/ HTTP/1.1\n\n", "", ""},
	{"CONNECT to all", "CONNECT * HTTP/1.1\n\n", "", ""},
	{"another host", "GET http://a/ HTTP/1.1\nHost: b\n\n", "GET http://a/ HTTP/1.1\nhost: b\n\n", "keep"},
	{"another host, default port", "GET http://a:80/ HTTP/1.1\nHost: b:80\n\n", "GET http://a/ HTTP/1.1\nhost: a\n\n", "keep"},
	{"bracket in an authority", "GET http://a[/ HTTP/1.1\nHost: b\n\n", "GET http://a[/ HTTP/1.1\nhost: b\n\n", "keep"},
	{"no authority", "GET http:///x HTTP/1.1\nHost: b\n\n", "GET http:///x HTTP/1.1\nhost: b\n\n", "keep"},
	{"two ports", "GET http://a::80/ HTTP/1.1\nHost: b\n\n", "GET http://a::80/ HTTP/1.1\nhost: b\n\n", "keep"},
	{"bad host", "GET / HTTP/1.1\nHost: a/b\n\n", "", ""},
	{"two hosts", "GET / HTTP/1.1\nHost: a\nHost: b\n\n", "", ""},

	{"0.9", "GET /\n", "GET / HTTP/1.0\n\n", "1.0"},
	{"0.9, LF alone", "GET\t/\xe9\t\n", "GET /\xe9 HTTP/1.0\n\n", "1.0"},
	{"0.9 without target", "GET \n", "", ""},
	{"0.9 with a bad target", "GET x\n", "", ""},
	{"0.9 of another method", "POST /\n", "", ""},
	{"RTSP", "OPTIONS rtsp://h/x RTSP/1.0\nHost: h\n\n", "OPTIONS rtsp://h/x RTSP/1.0\nhost: h\n\n", "1.0"},
	{"RTSP that keeps", "GET / RTSP/1.0\nConnection: keep-alive\n\n", "GET / RTSP/1.0\n\n", "1.0 keep"},
	{"RTSP with a body", "POST / RTSP/1.0\nContent-Length: 3\n\n", "POST / RTSP/1.0\ncontent-length: 3\n\n", "1.0 len=3"},
	{"RTSP 1.1", "GET / RTSP/1.1\n\n", "GET / HTTP/1.1\n\n", "keep"},
	{"digits", "GET / HTTP/11.11\n\n", "GET / HTTP/11.11\n\n", "1.0"},
	{"1.10", "GET / HTTP/1.10\n\n", "GET / HTTP/1.10\n\n", "1.0"},
	{"no minor version", "GET / HTTP/1.\n\n", "GET / HTTP/1.\n\n", "1.0"},
	{"small letters", "GET / http/1.1\n\n", "", ""},
	{"hyphen", "GET / F-O/1.1\n\n", "", ""},
	{"blank behind", "GET / HTTP/1.1 \n\n", "", ""},
	{"high byte in the method", "G\xe9T / HTTP/1.1\n\n", "", ""},

	{"WebSocket with a bad key", "GET / HTTP/1.1\nConnection: upgrade\nUpgrade: websocket\nSec-WebSocket-Key: abc\n\n", "GET / HTTP/1.1\nconnection: upgrade\nupgrade: websocket\nsec-websocket-key: abc\n\n", "keep up"},
	{"coding twice", "POST / HTTP/1.1\nTransfer-Encoding: chunked, chunked\n\n", "", ""},
	{"empty coding", "POST / HTTP/1.1\nTransfer-Encoding:\nContent-Length: 0\n\n", "", ""},
	{"lengths", "POST / HTTP/1.1\nContent-Length: 3\nContent-Length: 4\n\n", "", ""},
}

func TestLaxRequests(t *testing.T) {
	for _, c := range laxRequests {
		t.Run(c.name, func(t *testing.T) {
			in := []byte(crlf(c.in) + "following")
			if _, o := (parser{}).run(t, in); o.err == "" {
				t.Error("accepted without the option")
			}
			laxCase(t, parser{limits: &Limits{Lax: true}}, in, c.out, c.flags)
		})
	}
}

func laxCase(t *testing.T, p parser, in []byte, out, want string) {
	h, o := p.everyCut(t, in)
	if out == "" {
		if o.err == "" {
			t.Fatalf("accepted: %s", o.head)
		}
		return
	}
	if o.err != "" {
		t.Fatal(o.err)
	}
	if n := len(in) - len("following"); o.n != n {
		t.Errorf("length %d, want %d", o.n, n)
	}
	if f := flags(h); f != want {
		t.Errorf("flags %q, want %q", f, want)
	}
	h.StripHop()
	if got, want := string(h.Append(nil)), strings.ReplaceAll(out, "\n", "\r\n"); got != want {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

var laxResponses = []struct{ name, in, out, flags string }{
	{"status of 4 digits", "HTTP/1.1 2000 x\nContent-Length: 2\n\n", "HTTP/1.1 2000 x\ncontent-length: 2\n\n", "keep len=2"},
	{"status of 5 digits", "HTTP/1.1 60000 x\nContent-Length: 2\n\n", "HTTP/1.1 60000 x\ncontent-length: 2\n\n", "keep len=2"},
	{"status of 17 bits", "HTTP/1.1 65536 x\nContent-Length: 2\n\n", "", ""},
	// The reference hands the digits on as they are.
	{"status with zeros", "HTTP/1.1 00200 x\nContent-Length: 2\n\n", "HTTP/1.1 200 x\ncontent-length: 2\n\n", "keep len=2"},
	// The reference takes it.
	{"status of zeros", "HTTP/1.1 0000 x\nContent-Length: 2\n\n", "", ""},
	{"letter in a status", "HTTP/1.1 2000x x\n\n", "", ""},
	{"odd name", "HTTP/1.1 200 x\nX a: 1\nContent-Length: 2\n\n", "HTTP/1.1 200 x\ncontent-length: 2\n\n", "keep len=2"},
	// The reference drops it.
	{"length and blank", "HTTP/1.1 200 x\nContent-Length : 1\nContent-Length: 2\n\n", "", ""},
	{"NUL in a value", "HTTP/1.1 200 x\nX: a\x00b\nContent-Length: 2\n\n", "HTTP/1.1 200 x\nx: a\x00b\ncontent-length: 2\n\n", "keep len=2"},
	{"empty coding and a length", "HTTP/1.1 200 x\nTransfer-Encoding:\nContent-Length: 2\n\n", "HTTP/1.1 200 x\ncontent-length: 2\n\n", "keep len=2"},
	{"empty coding alone", "HTTP/1.1 200 x\nTransfer-Encoding: ,\n\n", "HTTP/1.1 200 x\n\n", "keep"},
	{"empty elements", "HTTP/1.1 200 x\nTransfer-Encoding: ,chunked,\n\n", "HTTP/1.1 200 x\ntransfer-encoding: chunked\n\n", "keep chunked"},
	{"empty, then chunked", "HTTP/1.1 200 x\nTransfer-Encoding:\nTransfer-Encoding: chunked\n\n", "HTTP/1.1 200 x\ntransfer-encoding: chunked\n\n", "keep chunked"},
	{"chunked twice", "HTTP/1.1 200 x\nTransfer-Encoding: chunked\nTransfer-Encoding: Chunked\n\n", "HTTP/1.1 200 x\ntransfer-encoding: chunked\n\n", "keep chunked"},
	{"chunked twice and a length", "HTTP/1.1 200 x\nContent-Length: 4\nTransfer-Encoding: chunked, chunked\n\n", "HTTP/1.1 200 x\ntransfer-encoding: chunked\n\n", "chunked"},
	{"another coding", "HTTP/1.1 200 x\nTransfer-Encoding: gzip,, chunked\n\n", "", ""},
	{"another coding behind", "HTTP/1.1 200 x\nTransfer-Encoding: chunked,, gzip\n\n", "", ""},
	{"NUL in a coding", "HTTP/1.1 200 x\nTransfer-Encoding: chunked\x00\n\n", "", ""},
	{"lengths", "HTTP/1.1 200 x\nContent-Length: 3\nContent-Length: 4\n\n", "", ""},
	{"RTSP", "RTSP/1.0 200 x\nContent-Length: 2\n\n", "RTSP/1.0 200 x\ncontent-length: 2\n\n", "1.0 len=2"},
	{"RTSP 1.1", "RTSP/1.1 200 x\nContent-Length: 2\n\n", "HTTP/1.1 200 x\ncontent-length: 2\n\n", "keep len=2"},
	{"digits", "HTTP/11.11 200 x\nContent-Length: 2\n\n", "HTTP/11.11 200 x\ncontent-length: 2\n\n", "1.0 len=2"},
	{"small letters", "http/1.1 200 x\n\n", "", ""},
	{"no version", "just text\n\n", "", ""},
}

func TestLaxResponses(t *testing.T) {
	for _, c := range laxResponses {
		t.Run(c.name, func(t *testing.T) {
			in := []byte(crlf(c.in) + "following")
			if _, o := (parser{response: true}).run(t, in); o.err == "" {
				t.Error("accepted without the option")
			}
			laxCase(t, parser{response: true, limits: &Limits{Lax: true}}, in, c.out, c.flags)
		})
	}
}

// TestLaxWebSocket: a handshake without key gets one, and an answer that proves nothing gets the proof that belongs to it.
func TestLaxWebSocket(t *testing.T) {
	const answer = "HTTP/1.1 101 x\nConnection: upgrade\nUpgrade: websocket\n\n"
	lax := parser{limits: &Limits{Lax: true}}
	var keys [2]string
	for i := range keys {
		req, _ := lax.run(t, []byte(crlf("GET / HTTP/1.1\nConnection: upgrade\nUpgrade: websocket\n\n")))
		if !req.validWebSocketKey() {
			t.Fatalf("written: %q", req.Append(nil))
		}
		key, _ := req.Get("sec-websocket-key")
		keys[i] = string(key)
	}
	if keys[0] == keys[1] {
		t.Errorf("the same key twice: %q", keys)
	}
	req, _ := lax.run(t, []byte(crlf("GET / HTTP/1.1\nConnection: upgrade\nUpgrade: websocket\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n")))
	strict, _ := parser{response: true}.run(t, []byte(crlf(answer)))
	if err := CheckSwitch(req, strict); err == nil {
		t.Error("an answer without proof is sound")
	}
	res, _ := parser{response: true, limits: lax.limits}.run(t, []byte(crlf(answer)))
	if err := CheckSwitch(req, res); err != nil {
		t.Error(err)
	}
	if got, _ := res.Get("sec-websocket-accept"); string(got) != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Errorf("proof %q", got)
	}
}

// TestFramingLimits: the two global settings about framing, each on and off.
func TestFramingLimits(t *testing.T) {
	const both = "POST / HTTP/1.1\nContent-Length: 3\nTransfer-Encoding: chunked\n\n"
	for _, c := range []struct {
		name, in string
		limits   Limits
		flags    string
	}{
		{"both", both, Limits{}, "chunked"},
		{"both, kept", both, Limits{KeepInsecure: true}, "keep chunked"},
		{"both, closing", strings.Replace(both, "\n", "\nConnection: close\n", 1), Limits{KeepInsecure: true}, "chunked"},
		// The reference keeps it.
		{"both in 1.0", strings.Replace(both, "1.1\n", "1.0\nConnection: keep-alive\n", 1), Limits{KeepInsecure: true}, "1.0 chunked"},
		{"GET 1.0", "GET / HTTP/1.0\nContent-Length: 3\n\n", Limits{AnyPayload: true}, "1.0 len=3"},
		{"DELETE 1.0", "DELETE / HTTP/1.0\nTransfer-Encoding: chunked\n\n", Limits{AnyPayload: true}, "1.0 chunked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, o := parser{limits: &c.limits}.everyCut(t, []byte(crlf(c.in)))
			if o.err != "" {
				t.Fatal(o.err)
			}
			if f := flags(h); f != c.flags {
				t.Errorf("flags %q, want %q", f, c.flags)
			}
			if _, ok := h.Get("content-length"); ok && h.Chunked {
				t.Error("the length goes on beside the chunks")
			}
		})
	}
}
