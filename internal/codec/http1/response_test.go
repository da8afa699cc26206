package http1

import (
	"strings"
	"testing"
)

// Every row was put to the reference; see requestsAccepted.
var responsesAccepted = []struct {
	name, in, out, flags string
	req                  Method
	body                 BodyKind
}{
	{"plain", "HTTP/1.1 200 OK\nContent-Length: 2\nX-A: B\n\n", "HTTP/1.1 200 OK\ncontent-length: 2\nx-a: B\n\n", "keep len=2", MethodGet, BodyLength},
	{"no reason", "HTTP/1.1 404\nContent-Length: 0\n\n", "HTTP/1.1 404 Not Found\ncontent-length: 0\n\n", "keep len=0", MethodGet, BodyNone},
	{"empty reason", "HTTP/1.1 299 \n\n", "HTTP/1.1 299 Success\n\n", "keep", MethodGet, BodyUntilClose},
	{"blanks", "HTTP/1.1\t 200 \ttwo  sp \n\n", "HTTP/1.1 200 two  sp \n\n", "keep", MethodGet, BodyUntilClose},
	{"odd reason", "HTTP/1.1 200 \x01\xff\n\n", "HTTP/1.1 200 \x01\xff\n\n", "keep", MethodGet, BodyUntilClose},
	{"unknown status", "HTTP/1.1 999 x\nContent-Length: 2\n\n", "HTTP/1.1 999 x\ncontent-length: 2\n\n", "keep len=2", MethodGet, BodyLength},
	{"empty line before, LF alone", "\r\nHTTP/1.1 200 OK\nContent-Length: 2\n\n", "HTTP/1.1 200 OK\ncontent-length: 2\n\n", "keep len=2", MethodGet, BodyLength},
	{"2.0", "HTTP/2.0 200 OK\nContent-Length: 2\n\n", "HTTP/1.1 200 OK\ncontent-length: 2\n\n", "keep len=2", MethodGet, BodyLength},
	// The reference hands HTTP/1.0 on to the client.
	{"1.0", "HTTP/1.0 200 OK\nContent-Length: 2\n\n", "HTTP/1.0 200 OK\ncontent-length: 2\n\n", "1.0 len=2", MethodGet, BodyLength},
	{"1.0 keep-alive", "HTTP/1.0 200 OK\nConnection: Keep-Alive\nKeep-Alive: timeout=5\nContent-Length: 2\n\n", "HTTP/1.0 200 OK\nkeep-alive: timeout=5\ncontent-length: 2\n\n", "1.0 keep len=2", MethodGet, BodyLength},
	{"1.0 chunked", "HTTP/1.0 200 OK\nTransfer-Encoding: chunked\n\n", "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n", "1.0 chunked", MethodGet, BodyChunked},
	{"fold", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "HTTP/1.1 200 OK\nx: a   b\n\n", "keep", MethodGet, BodyUntilClose},
	{"close", "HTTP/1.1 200 OK\nConnection: foo, close\nContent-Length: 2\n\n", "HTTP/1.1 200 OK\nconnection: foo\ncontent-length: 2\n\n", "len=2", MethodGet, BodyLength},
	{"hosts", "HTTP/1.1 200 OK\nHost: a\nHost: b c\nContent-Length: 2\n\n", "HTTP/1.1 200 OK\nhost: a\nhost: b c\ncontent-length: 2\n\n", "keep len=2", MethodGet, BodyLength},
	{"chunked and length", "HTTP/1.1 200 OK\nContent-Length: 2\nTransfer-Encoding: Chunked\n\n", "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n", "chunked", MethodGet, BodyChunked},
	{"upgrade offered", "HTTP/1.1 426 U\nContent-Length: 0\nConnection: upgrade\nUpgrade: foo\n\n", "HTTP/1.1 426 U\ncontent-length: 0\nconnection: upgrade\nupgrade: foo\n\n", "keep up len=0", MethodGet, BodyNone},
	{"upgrade field alone", "HTTP/1.1 200 OK\nContent-Length: 0\nUpgrade: foo, h2, h2c\n\n", "HTTP/1.1 200 OK\ncontent-length: 0\nupgrade: foo\n\n", "keep len=0", MethodGet, BodyNone},
	{"upgrade to h2", "HTTP/1.1 200 OK\nContent-Length: 0\nConnection: upgrade\nUpgrade: h2\n\n", "HTTP/1.1 200 OK\ncontent-length: 0\nconnection: upgrade\n\n", "keep len=0", MethodGet, BodyNone},
	{"te", "HTTP/1.1 200 OK\nContent-Length: 0\nTE: gzip\nTrailer: x\nProxy-Connection: close\n\n", "HTTP/1.1 200 OK\ncontent-length: 0\ntrailer: x\nproxy-connection: close\n\n", "keep len=0", MethodGet, BodyNone},
	{"HEAD", "HTTP/1.1 200 OK\nContent-Length: 2\n\n", "HTTP/1.1 200 OK\ncontent-length: 2\n\n", "keep len=2", MethodHead, BodyNone},
	{"HEAD chunked", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n", "keep chunked", MethodHead, BodyNone},
	{"HEAD without", "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\n\n", "keep", MethodHead, BodyNone},
	{"100", "HTTP/1.1 100 Continue\nX: y\n\n", "HTTP/1.1 100 Continue\nx: y\n\n", "keep", MethodPost, BodyNone},
	{"103 with length", "HTTP/1.1 103 E\nContent-Length: 2\n\n", "HTTP/1.1 103 E\n\n", "", MethodGet, BodyNone},
	{"204 with length", "HTTP/1.1 204 No\nContent-Length: 0\n\n", "HTTP/1.1 204 No\n\n", "keep", MethodGet, BodyNone},
	{"204 chunked", "HTTP/1.1 204 No\nTransfer-Encoding: chunked\n\n", "HTTP/1.1 204 No\n\n", "", MethodGet, BodyNone},
	{"304 with length", "HTTP/1.1 304 No\nContent-Length: 2\n\n", "HTTP/1.1 304 No\ncontent-length: 2\n\n", "keep len=2", MethodGet, BodyNone},
	{"304 chunked", "HTTP/1.1 304 No\nTransfer-Encoding: chunked\n\n", "HTTP/1.1 304 No\ntransfer-encoding: chunked\n\n", "keep chunked", MethodGet, BodyNone},
	{"205", "HTTP/1.1 205 R\n\n", "HTTP/1.1 205 R\n\n", "keep", MethodGet, BodyUntilClose},
	{"101", "HTTP/1.1 101 S\nConnection: upgrade\nUpgrade: foo\nContent-Length: 2\n\n", "HTTP/1.1 101 S\nconnection: upgrade\nupgrade: foo\n\n", "up", MethodGet, BodyTunnel},
	{"CONNECT 200", "HTTP/1.1 200 OK\nContent-Length: 2\nTransfer-Encoding: chunked\n\n", "HTTP/1.1 200 OK\n\n", "", MethodConnect, BodyTunnel},
	{"CONNECT 403", "HTTP/1.1 403 No\nContent-Length: 2\n\n", "HTTP/1.1 403 No\ncontent-length: 2\n\n", "keep len=2", MethodConnect, BodyLength},
}

func TestResponsesAccepted(t *testing.T) {
	for _, c := range responsesAccepted {
		t.Run(c.name, func(t *testing.T) {
			in := crlf(c.in)
			h, o := parser{response: true, req: c.req}.everyCut(t, []byte(in+"following"))
			if o.err != "" {
				t.Fatal(o.err)
			}
			if o.n != len(in) {
				t.Errorf("length %d, want %d", o.n, len(in))
			}
			if f := flags(h); f != c.flags {
				t.Errorf("flags %q, want %q", f, c.flags)
			}
			if k := h.ResponseBody(c.req); k != c.body {
				t.Errorf("body %v, want %v", k, c.body)
			}
			h.StripHop()
			size := h.Size()
			out := string(h.Append(nil))
			if want := strings.ReplaceAll(c.out, "\n", "\r\n"); out != want {
				t.Errorf("\n got %q\nwant %q", out, want)
			}
			if len(out) > size {
				t.Errorf("Size %d, wrote %d", size, len(out))
			}
		})
	}
}

func TestResponsesRefused(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\n"
	for _, c := range []struct{ name, in, reason string }{
		{"garbage", "garbage\n\n", "invalid version"},
		{"ICY", "ICY 200 OK\n\n", "invalid version"},
		{"RTSP", "RTSP/1.0 200 OK\n\n", "invalid version"},
		{"http", "http/1.1 200 OK\n\n", "invalid version"},
		{"space", " HTTP/1.1 200 OK\n\n", "invalid version"},
		{"1.10", "HTTP/1.10 200 OK\n\n", "invalid version"},
		{"no status", "HTTP/1.1\n\n", "invalid version"},
		{"status 4 digits", "HTTP/1.1 1000 x\n\n", "invalid status"},
		{"status letter", "HTTP/1.1 2a0 x\n\n", "invalid status"},
		{"status sign", "HTTP/1.1 -20 x\n\n", "invalid status"},
		{"status and text", "HTTP/1.1 200OK\n\n", "invalid status"},
		// These are accepted by the reference.
		{"status 2 digits", "HTTP/1.1 99 x\n\n", "invalid status"},
		{"status 099", "HTTP/1.1 099 x\n\n", "invalid status"},
		{"status 000", "HTTP/1.1 000 x\n\n", "invalid status"},
		{"reason NUL", "HTTP/1.1 200 O\x00K\n\n", "NUL in reason phrase"},

		{"reason CR", "HTTP/1.1 200 O\rK\r\n\r\n", "CR without LF"},
		{"value CR", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", "CR without LF"},
		{"value NUL", ok + "X: \x00\n\n", "NUL in field value"},
		{"fold first", ok + " X: y\n\n", "folded line without a field"},
		{"space before colon", ok + "X : a\n\n", "white space after field name"},
		{"empty name", ok + ": a\n\n", "empty field name"},
		{"name", ok + "X(: a\n\n", "invalid character in field name"},
		{"lengths", ok + "Content-Length: 2\nContent-Length: 3\n\n", "different Content-Length values"},
		{"length", ok + "Content-Length: +2\n\n", "invalid Content-Length"},
		{"gzip, chunked", ok + "Transfer-Encoding: gzip, chunked\n\n", "unsupported transfer coding"},
		{"gzip", ok + "Transfer-Encoding: gzip\n\n", "chunked is not the last transfer coding"},
		{"identity", ok + "Transfer-Encoding: identity\n\n", "chunked is not the last transfer coding"},
		{"chunked, gzip", ok + "Transfer-Encoding: chunked, gzip\n\n", "transfer coding after chunked"},
		{"chunked twice", ok + "Transfer-Encoding: chunked, chunked\n\n", "chunked transfer coding applied twice"},
		{"coding empty", ok + "Transfer-Encoding:\n\n", "empty transfer coding"},
		{"coding comma", ok + "Transfer-Encoding: chunked,\n\n", "empty transfer coding"},
		{"too large", ok + "X: " + strings.Repeat("a", 20000) + "\n\n", "head too large"},
		{"too many", ok + strings.Repeat("X: a\n", 110) + "\n", "too many fields"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, o := parser{response: true}.everyCut(t, []byte(crlf(c.in)))
			if o.err == "" {
				t.Fatalf("accepted: %s", o.head)
			}
			if e := h.scan.err; e.Status != 502 || e.Reason != c.reason {
				t.Errorf("%v (%d), want 502 %s", e, e.Status, c.reason)
			}
		})
	}
}

func TestCheckSwitch(t *testing.T) {
	const ask = "GET / HTTP/1.1\nConnection: upgrade\nUpgrade: "
	const ws = "websocket\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n" // RFC 6455 §1.3
	const answer = "HTTP/1.1 101 S\nConnection: upgrade\nUpgrade: "
	for _, c := range []struct {
		name, req, res string
		ok             bool
	}{
		{"asked", ask + "foo\n\n", answer + "foo\n\n", true},
		{"another protocol", ask + "foo\n\n", answer + "bar\n\n", true}, // as the reference
		{"not asked", "GET / HTTP/1.1\n\n", answer + "foo\n\n", false},
		{"no connection", ask + "foo\n\n", "HTTP/1.1 101 S\nUpgrade: foo\n\n", false},
		{"bare", ask + "foo\n\n", "HTTP/1.1 101 S\n\n", false},
		{"websocket", ask + ws, answer + "websocket\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\n", true},
		{"websocket, wrong", ask + ws, answer + "websocket\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOp=\n\n", false},
		{"websocket, none", ask + ws, answer + "websocket\n\n", false},
	} {
		q, o := parser{}.run(t, []byte(crlf(c.req)))
		r, p := parser{response: true}.run(t, []byte(crlf(c.res)))
		if o.n == 0 || p.n == 0 {
			t.Fatalf("%s: %+v %+v", c.name, o, p)
		}
		if err := CheckSwitch(q, r); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
