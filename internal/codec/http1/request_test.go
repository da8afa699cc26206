package http1

import (
	"fmt"
	"strings"
	"testing"
)

// req completes the lines of a test case: "\n" stands for CR LF unless the text has a CR of its own.
func crlf(s string) string {
	if strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(s, "\n", "\r\n")
}

// Every row was put to the reference (3.5-dev5), and out is what it forwards, except for the Connection fields it adds and
// where a comment says so.
var requestsAccepted = []struct{ name, in, out, flags string }{
	{"plain", "GET / HTTP/1.1\nHost: h\nX-Foo:  bar  \nUPPER: Val\n\n", "GET / HTTP/1.1\nhost: h\nx-foo: bar\nupper: Val\n\n", "keep"},
	{"LF alone", "GET / HTTP/1.1\nHost: h\nX: y\r\nZ: t\n\n", "GET / HTTP/1.1\nhost: h\nx: y\nz: t\n\n", "keep"},
	{"empty lines before", "\r\n\n\r\nGET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\n\n", "keep"},
	{"several separators", "GET \t/ \t HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\nhost: h\n\n", "keep"},
	{"fold", "GET / HTTP/1.1\r\nX: a\r\n b\r\n\tc\r\nY: z\r\n\r\n", "GET / HTTP/1.1\nx: a   b  \tc\ny: z\n\n", "keep"},
	{"fold, LF alone", "GET / HTTP/1.1\r\nX: a\n b\r\n\r\n", "GET / HTTP/1.1\nx: a  b\n\n", "keep"},
	{"fold of an empty line", "GET / HTTP/1.1\nX:\n b\n\n", "GET / HTTP/1.1\nx: b\n\n", "keep"},
	{"fold with white space only", "GET / HTTP/1.1\nX: a\n \nY: z\n\n", "GET / HTTP/1.1\nx: a\ny: z\n\n", "keep"},
	{"folded length", "POST / HTTP/1.1\nContent-Length:\n 2\n\n", "POST / HTTP/1.1\ncontent-length: 2\n\n", "keep len=2"},
	{"empty values", "GET / HTTP/1.1\nX:\nY: \nZ:\t\n\n", "GET / HTTP/1.1\nx: \ny: \nz: \n\n", "keep"},
	{"control characters", "GET / HTTP/1.1\nX: a\x01\x0b\x7f\xff\tb\t\n\n", "GET / HTTP/1.1\nx: a\x01\x0b\x7f\xff\tb\n\n", "keep"},
	{"token characters", "G!#$%&'*+-.^_`|~9 / HTTP/1.1\nX!#$%&'*+-.^_`|~9: 1\n\n", "G!#$%&'*+-.^_`|~9 / HTTP/1.1\nx!#$%&'*+-.^_`|~9: 1\n\n", "keep"},
	{"small letters are another method", "get / HTTP/1.1\n\n", "get / HTTP/1.1\n\n", "keep"},
	{"odd target", "GET /a\"<>\\^`{|} HTTP/1.1\n\n", "GET /a\"<>\\^`{|} HTTP/1.1\n\n", "keep"},
	{"asterisk", "OPTIONS * HTTP/1.1\n\n", "OPTIONS * HTTP/1.1\n\n", "keep"},

	{"1.2", "GET / HTTP/1.2\n\n", "GET / HTTP/1.1\n\n", "keep"},
	{"2.0", "GET / HTTP/2.0\n\n", "GET / HTTP/1.1\n\n", "keep"},
	{"0.9", "GET / HTTP/0.9\n\n", "GET / HTTP/1.0\n\n", "1.0"},
	{"1.0", "GET / HTTP/1.0\n\n", "GET / HTTP/1.0\n\n", "1.0"},
	{"1.0 keep-alive", "GET / HTTP/1.0\nConnection: keep-alive\n\n", "GET / HTTP/1.0\n\n", "1.0 keep"},
	{"1.0 both", "GET / HTTP/1.0\nConnection: keep-alive, close\n\n", "GET / HTTP/1.0\n\n", "1.0"},

	{"length twice", "POST / HTTP/1.1\nContent-Length: 2\nContent-Length: 2\n\n", "POST / HTTP/1.1\ncontent-length: 2\n\n", "keep len=2"},
	{"length list", "POST / HTTP/1.1\nContent-Length: 2, 2\n\n", "POST / HTTP/1.1\ncontent-length: 2\n\n", "keep len=2"},
	{"length 2 and 02", "POST / HTTP/1.1\nContent-Length: 2\nContent-Length: 02\n\n", "POST / HTTP/1.1\ncontent-length: 2\n\n", "keep len=2"},
	{"length 02", "POST / HTTP/1.1\nContent-Length: 0000000000000000000000000000000002\n\n", "POST / HTTP/1.1\ncontent-length: 2\n\n", "keep len=2"},
	{"longest length", "POST / HTTP/1.1\nContent-Length: 9223372036854775807\n\n", "POST / HTTP/1.1\ncontent-length: 9223372036854775807\n\n", "keep len=9223372036854775807"},
	{"length 0", "POST / HTTP/1.1\nContent-Length: 0\n\n", "POST / HTTP/1.1\ncontent-length: 0\n\n", "keep len=0"},
	{"body on GET", "GET / HTTP/1.1\nContent-Length: 2\n\n", "GET / HTTP/1.1\ncontent-length: 2\n\n", "keep len=2"},
	{"chunked", "POST / HTTP/1.1\nTransfer-Encoding: ChunkED\n\n", "POST / HTTP/1.1\ntransfer-encoding: chunked\n\n", "keep chunked"},
	{"chunked and length", "POST / HTTP/1.1\nContent-Length: 3\nTransfer-Encoding: chunked\n\n", "POST / HTTP/1.1\ntransfer-encoding: chunked\n\n", "chunked"},
	{"length after chunked", "POST / HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 3\nContent-Length: 3\n\n", "POST / HTTP/1.1\ntransfer-encoding: chunked\n\n", "chunked"},
	{"chunked 1.0", "POST / HTTP/1.0\nConnection: keep-alive\nTransfer-Encoding: chunked\n\n", "POST / HTTP/1.0\ntransfer-encoding: chunked\n\n", "1.0 chunked"},

	{"host twice", "GET / HTTP/1.1\nHost: h\nHost: H\n\n", "GET / HTTP/1.1\nhost: h\n\n", "keep"},
	{"host empty", "GET / HTTP/1.1\nHost:\n\n", "GET / HTTP/1.1\nhost: \n\n", "keep"},
	{"host odd", "GET / HTTP/1.1\nHost: h:80:90!\"$%&'()*+-.;<=>^_`{|}~\n\n", "GET / HTTP/1.1\nhost: h:80:90!\"$%&'()*+-.;<=>^_`{|}~\n\n", "keep"},
	{"host 6", "GET / HTTP/1.1\nHost: [::1]:80\n\n", "GET / HTTP/1.1\nhost: [::1]:80\n\n", "keep"},

	{"absolute", "GET http://h/p HTTP/1.1\nHost: h\n\n", "GET http://h/p HTTP/1.1\nhost: h\n\n", "keep"},
	{"absolute, case", "GET HTTP://H/p HTTP/1.1\nHost: h\n\n", "GET HTTP://H/p HTTP/1.1\nhost: h\n\n", "keep"},
	{"absolute :80", "GET http://h:80/p HTTP/1.1\nHost: h\n\n", "GET http://h/p HTTP/1.1\nhost: h\n\n", "keep"},
	{"absolute :80 both", "GET http://H:80/p HTTP/1.1\nHost: h:80\n\n", "GET http://H/p HTTP/1.1\nhost: H\n\n", "keep"},
	{"absolute, host :80", "GET http://h/p HTTP/1.1\nHost: h:80\n\n", "GET http://h/p HTTP/1.1\nhost: h:80\n\n", "keep"},
	{"absolute, host with empty port", "GET http://h/p HTTP/1.1\nHost: h:\n\n", "GET http://h/p HTTP/1.1\nhost: h:\n\n", "keep"},
	{"absolute, empty port", "GET http://h:/p HTTP/1.1\nHost: h\n\n", "GET http://h/p HTTP/1.1\nhost: h\n\n", "keep"},
	{"absolute https", "GET https://h:443/p HTTP/1.1\nHost: h\n\n", "GET https://h/p HTTP/1.1\nhost: h\n\n", "keep"},
	{"absolute :8080", "GET http://h:8080/p HTTP/1.1\nHost: h:8080\n\n", "GET http://h:8080/p HTTP/1.1\nhost: h:8080\n\n", "keep"},
	{"absolute, no host", "GET http://h:80/p HTTP/1.1\n\n", "GET http://h/p HTTP/1.1\n\n", "keep"},
	{"absolute, user", "GET http://u:p@h:80/p HTTP/1.1\nHost: h\n\n", "GET http://u:p@h/p HTTP/1.1\nhost: h\n\n", "keep"},
	{"absolute 6", "GET http://[::1]:80/p HTTP/1.1\nHost: [::1]\n\n", "GET http://[::1]/p HTTP/1.1\nhost: [::1]\n\n", "keep"},
	{"absolute, no path", "GET http://h HTTP/1.1\nHost: h\n\n", "GET http://h/ HTTP/1.1\nhost: h\n\n", "keep"},
	{"absolute, no path :80", "GET http://h:80 HTTP/1.1\nHost: h\n\n", "GET http://h/ HTTP/1.1\nhost: h\n\n", "keep"},
	{"absolute, query only", "GET http://h:80?x HTTP/1.1\nHost: h\n\n", "GET http://h?x HTTP/1.1\nhost: h\n\n", "keep"},
	{"absolute OPTIONS", "OPTIONS http://h:80 HTTP/1.1\nHost: h\n\n", "OPTIONS http://h HTTP/1.1\nhost: h\n\n", "keep"},
	{"absolute ftp", "GET ftp://h/p HTTP/1.1\nHost: h\n\n", "GET ftp://h/p HTTP/1.1\nhost: h\n\n", "keep"},
	{"CONNECT", "CONNECT h:80 HTTP/1.1\nHost: h:80\n\n", "CONNECT h:80 HTTP/1.1\nhost: h\n\n", "keep"},
	{"CONNECT 443", "CONNECT h:443 HTTP/1.1\nHost: h\n\n", "CONNECT h:443 HTTP/1.1\nhost: h\n\n", "keep"},
	{"CONNECT 8080", "CONNECT h:8080 HTTP/1.1\nHost: h:8080\n\n", "CONNECT h:8080 HTTP/1.1\nhost: h:8080\n\n", "keep"},
	{"CONNECT 6", "CONNECT [::1]:80 HTTP/1.1\nHost: [::1]:80\n\n", "CONNECT [::1]:80 HTTP/1.1\nhost: [::1]\n\n", "keep"},
	// The reference adds Connection: close here, and answers 502 to the next.
	{"CONNECT chunked", "CONNECT h:80 HTTP/1.1\nTransfer-Encoding: chunked\n\n", "CONNECT h:80 HTTP/1.1\n\n", ""},
	{"CONNECT length", "CONNECT h:80 HTTP/1.1\nContent-Length: 2\n\n", "CONNECT h:80 HTTP/1.1\n\n", ""},

	{"close", "GET / HTTP/1.1\nConnection: close\n\n", "GET / HTTP/1.1\n\n", ""},
	{"close in a list", "GET / HTTP/1.1\nConnection: foo,\tClose\nFoo: 1\n\n", "GET / HTTP/1.1\nconnection: foo\nfoo: 1\n\n", ""},
	{"connection untouched", "GET / HTTP/1.1\nConnection: bar,,\tbaz\n\n", "GET / HTTP/1.1\nconnection: bar,,\tbaz\n\n", "keep"},
	{"not close", "GET / HTTP/1.1\nConnection: close close\n\n", "GET / HTTP/1.1\nconnection: close close\n\n", "keep"},
	{"connection empty", "GET / HTTP/1.1\nConnection: ,,\n\n", "GET / HTTP/1.1\n\n", "keep"},
	{"other hop fields", "GET / HTTP/1.1\nKeep-Alive: 3\nProxy-Connection: close\nTrailer: x\n\n", "GET / HTTP/1.1\nkeep-alive: 3\nproxy-connection: close\ntrailer: x\n\n", "keep"},
	// The reference only knows "trailers" in small letters; RFC 9110 §10.1.4 does not care.
	{"te", "GET / HTTP/1.1\nTE: gzip, Trailers\nTE: deflate\nTE: trailers;q=1\n\n", "GET / HTTP/1.1\nte: Trailers\n\n", "keep"},
	{"upgrade", "GET / HTTP/1.1\nConnection: Upgrade\nUpgrade: foo, bar\n\n", "GET / HTTP/1.1\nconnection: Upgrade\nupgrade: foo, bar\n\n", "keep up"},
	{"upgrade, close", "GET / HTTP/1.1\nConnection: upgrade, close\nUpgrade: foo\n\n", "GET / HTTP/1.1\nconnection: upgrade\nupgrade: foo\n\n", "up"},
	{"upgrade h2c", "GET / HTTP/1.1\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: A\n\n", "GET / HTTP/1.1\nconnection: HTTP2-Settings\nhttp2-settings: A\n\n", "keep"},
	// The reference writes "foo,bar".
	{"upgrade h2 and others", "GET / HTTP/1.1\nConnection: upgrade\nUpgrade: h2, foo, H2C , bar\n\n", "GET / HTTP/1.1\nconnection: upgrade\nupgrade: foo, bar\n\n", "keep up"},
	{"upgrade without connection", "GET / HTTP/1.1\nUpgrade: foo\n\n", "GET / HTTP/1.1\n\n", "keep"},
	{"connection without upgrade", "GET / HTTP/1.1\nConnection: upgrade\n\n", "GET / HTTP/1.1\n\n", "keep"},
	{"upgrade with body", "POST / HTTP/1.1\nConnection: upgrade\nUpgrade: foo\nContent-Length: 2\n\n", "POST / HTTP/1.1\nconnection: upgrade\nupgrade: foo\ncontent-length: 2\n\n", "keep up len=2"},
	// The reference lets HTTP/1.0 clients upgrade; RFC 9110 §7.8 has the field ignored.
	{"upgrade 1.0", "GET / HTTP/1.0\nConnection: upgrade\nUpgrade: foo\n\n", "GET / HTTP/1.0\n\n", "1.0"},
	{"websocket", "GET / HTTP/1.1\nConnection: upgrade\nUpgrade: websocket\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n", "GET / HTTP/1.1\nconnection: upgrade\nupgrade: websocket\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\n\n", "keep up"},
	{"expect", "POST / HTTP/1.1\nExpect: 100-Continue\nContent-Length: 2\n\n", "POST / HTTP/1.1\nexpect: 100-Continue\ncontent-length: 2\n\n", "keep 100 len=2"},
	{"expect 1.0", "POST / HTTP/1.0\nExpect: 100-continue\nContent-Length: 2\n\n", "POST / HTTP/1.0\nexpect: 100-continue\ncontent-length: 2\n\n", "1.0 len=2"},
	{"expect something", "GET / HTTP/1.1\nExpect: foo\n\n", "GET / HTTP/1.1\nexpect: foo\n\n", "keep"},
	{"1.0 GET with an empty body", "GET / HTTP/1.0\nContent-Length: 0\n\n", "GET / HTTP/1.0\ncontent-length: 0\n\n", "1.0 len=0"},
	{"longest name", "GET / HTTP/1.1\nX" + strings.Repeat("a", 254) + ": b\n\n", "GET / HTTP/1.1\nx" + strings.Repeat("a", 254) + ": b\n\n", "keep"},
}

func flags(h *Head) string {
	var f []string
	if h.Minor == 0 {
		f = append(f, "1.0")
	}
	if h.KeepAlive {
		f = append(f, "keep")
	}
	if h.Upgrade {
		f = append(f, "up")
	}
	if h.Expect100 {
		f = append(f, "100")
	}
	if h.Chunked {
		f = append(f, "chunked")
	}
	if h.ContentLength >= 0 {
		f = append(f, fmt.Sprintf("len=%d", h.ContentLength))
	}
	return strings.Join(f, " ")
}

func TestRequestsAccepted(t *testing.T) {
	for _, c := range requestsAccepted {
		t.Run(c.name, func(t *testing.T) {
			in := crlf(c.in)
			h, o := parser{}.everyCut(t, []byte(in+"following"))
			if o.err != "" {
				t.Fatal(o.err)
			}
			if o.n != len(in) {
				t.Errorf("length %d, want %d", o.n, len(in))
			}
			if f := flags(h); f != c.flags {
				t.Errorf("flags %q, want %q", f, c.flags)
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

const post = "POST / HTTP/1.1\nHost: h\n"

// Every row is refused by the reference with that status, except where a comment says that Sluice is stricter.
var requestsRefused = []struct {
	name, in string
	status   int
	reason   string
}{
	{"CR in request line", "GET / HTTP/1.1\rHost: h\r\n\r\n", 400, "CR without LF"},
	{"CR in value", "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", 400, "CR without LF"},
	{"CR CR LF", "GET / HTTP/1.1\r\nX: a\r\r\n\r\n", 400, "CR without LF"},
	{"CR CR at the end", "GET / HTTP/1.1\r\nX: a\r\n\r\r\n", 400, "CR without LF"},
	{"CR before", "\rGET / HTTP/1.1\r\n\r\n", 400, "CR without LF"},
	{"fold first", "GET / HTTP/1.1\n X: y\n\n", 400, "folded line without a field"},
	{"space before colon", post + "X : a\n\n", 400, "white space after field name"},
	{"tab before colon", post + "X\t: a\n\n", 400, "white space after field name"},
	{"empty name", post + ": a\n\n", 400, "empty field name"}, // CVE-2023-25725
	{"no colon", post + "X\n\n", 400, "field without colon"},
	{"NUL in name", post + "X\x00: a\n\n", 400, "invalid character in field name"},
	{"parenthesis in name", post + "X(: a\n\n", 400, "invalid character in field name"},
	{"UTF-8 in name", post + "Xé: a\n\n", 400, "invalid character in field name"},
	// CVE-2021-40346: a name of 270 bytes was once taken for one of 14.
	{"long name", post + "Content-Length0" + strings.Repeat("a", 255) + ":\nContent-Length: 2\n\n", 400, "field name too long"},
	{"NUL in value", post + "X: a\x00\n\n", 400, "NUL in field value"},

	{"length differs", post + "Content-Length: 2\nContent-Length: 3\n\n", 400, "different Content-Length values"},
	{"length list differs", post + "Content-Length: 2, 3\n\n", 400, "different Content-Length values"},
	{"length comma", post + "Content-Length: 2,\n\n", 400, "invalid Content-Length"},
	{"length comma first", post + "Content-Length: ,2\n\n", 400, "invalid Content-Length"},
	{"length empty", post + "Content-Length:\n\n", 400, "invalid Content-Length"}, // CVE-2023-40225
	{"length plus", post + "Content-Length: +2\n\n", 400, "invalid Content-Length"},
	{"length minus", post + "Content-Length: -2\n\n", 400, "invalid Content-Length"},
	{"length space", post + "Content-Length: 2 2\n\n", 400, "invalid Content-Length"},
	{"length hex", post + "Content-Length: 0x2\n\n", 400, "invalid Content-Length"},
	{"length letter", post + "Content-Length: 2a\n\n", 400, "invalid Content-Length"},
	{"length quoted", post + "Content-Length: \"2\"\n\n", 400, "invalid Content-Length"},
	{"length overflow", post + "Content-Length: 18446744073709551616\n\n", 400, "invalid Content-Length"},
	{"length 2^64+2", post + "Content-Length: 18446744073709551618\n\n", 400, "invalid Content-Length"},
	{"length 2^63", post + "Content-Length: 9223372036854775808\n\n", 400, "invalid Content-Length"}, // the reference goes to 2^64-1
	{"bad length and chunked", post + "Transfer-Encoding: chunked\nContent-Length: x\n\n", 400, "invalid Content-Length"},
	{"lengths and chunked", post + "Transfer-Encoding: chunked\nContent-Length: 3\nContent-Length: 4\n\n", 400, "different Content-Length values"},

	{"xchunked", post + "Transfer-Encoding: xchunked\n\n", 400, "chunked is not the last transfer coding"},
	{"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\n\n", 422, "unsupported transfer coding"},
	{"identity and chunked", post + "Transfer-Encoding: identity\nTransfer-Encoding: chunked\n\n", 422, "unsupported transfer coding"},
	{"chunked, gzip", post + "Transfer-Encoding: chunked, gzip\n\n", 400, "transfer coding after chunked"},
	{"chunked and identity", post + "Transfer-Encoding: chunked\nTransfer-Encoding: identity\n\n", 400, "transfer coding after chunked"},
	{"gzip", post + "Transfer-Encoding: gzip\n\n", 400, "chunked is not the last transfer coding"},
	{"identity", post + "Transfer-Encoding: identity\nContent-Length: 2\n\n", 400, "chunked is not the last transfer coding"},
	{"chunked twice", post + "Transfer-Encoding: chunked, chunked\n\n", 400, "chunked transfer coding applied twice"},
	{"chunked on two lines", post + "Transfer-Encoding: chunked\nTransfer-encoding: chunked\n\n", 400, "chunked transfer coding applied twice"},
	{"coding empty", post + "Transfer-Encoding:\n\n", 400, "empty transfer coding"},
	{"coding comma", post + "Transfer-Encoding: chunked,\n\n", 400, "empty transfer coding"},
	{"coding comma first", post + "Transfer-Encoding: ,chunked\n\n", 400, "empty transfer coding"},
	{"coding parameter", post + "Transfer-Encoding: chunked;a=b\n\n", 400, "chunked is not the last transfer coding"},
	{"coding quoted", post + "Transfer-Encoding: \"chunked\"\n\n", 400, "chunked is not the last transfer coding"},
	{"coding with VT", post + "Transfer-Encoding: \vchunked\n\n", 400, "chunked is not the last transfer coding"}, // CVE-2019-18277
	{"coding with DEL", post + "Transfer-Encoding: chunked\x7f\n\n", 400, "chunked is not the last transfer coding"},
	{"coding with NBSP", post + "Transfer-Encoding: \u00a0chunked\n\n", 400, "chunked is not the last transfer coding"},
	{"coding name with space", post + "Transfer-Encoding : chunked\n\n", 400, "white space after field name"},
	{"coding name on two lines", post + "Transfer-Encoding\n : chunked\n\n", 400, "field without colon"},
	{"coding folded", post + "Transfer-Encoding: chunked\n , identity\n\n", 400, "transfer coding after chunked"},
	{"coding after a folded start", "POST / HTTP/1.1\n Transfer-Encoding: chunked\nHost: h\n\n", 400, "folded line without a field"},
	{"body on a 1.0 GET", "GET / HTTP/1.0\nContent-Length: 2\n\n", 413, "HTTP/1.0 request of this method with a body"},
	{"chunks on a 1.0 GET", "GET / HTTP/1.0\nTransfer-Encoding: chunked\n\n", 413, "HTTP/1.0 request of this method with a body"},

	{"hosts differ", "GET / HTTP/1.1\nHost: h\nHost: h2\n\n", 400, "different Host fields"},
	{"hosts differ by port", "GET / HTTP/1.1\nHost: h\nHost: h:80\n\n", 400, "different Host fields"},
	{"host list", "GET / HTTP/1.1\nHost: h, h\n\n", 400, "invalid Host field"},
	{"host with path", "GET / HTTP/1.1\nHost: h/x\n\n", 400, "invalid Host field"},
	{"host with user", "GET / HTTP/1.1\nHost: u@h\n\n", 400, "invalid Host field"},
	{"host with space", "GET / HTTP/1.1\nHost: h h\n\n", 400, "invalid Host field"},
	{"host folded", "GET / HTTP/1.1\nHost: h\n\th\n\n", 400, "invalid Host field"},
	{"host not ASCII", "GET / HTTP/1.1\nHost: \xff\n\n", 400, "invalid Host field"},
	{"host open bracket", "GET / HTTP/1.1\nHost: [::1\n\n", 400, "invalid Host field"},
	{"host behind bracket", "GET / HTTP/1.1\nHost: [::1]x\n\n", 400, "invalid Host field"},
	{"host bracket inside", "GET / HTTP/1.1\nHost: a[b]\n\n", 400, "invalid Host field"},

	{"target absent", "GET  HTTP/1.1\n\n", 400, "request line without version"},
	{"target empty", "GET\n\n", 400, "invalid character in method"},
	{"fragment", "GET /a#b HTTP/1.1\n\n", 400, "fragment in request target"},
	{"target 0x80", "GET /\x80 HTTP/1.1\n\n", 400, "invalid character in request target"},
	{"target DEL", "GET /\x7f HTTP/1.1\n\n", 400, "invalid character in request target"},
	{"target NUL", "GET /\x00 HTTP/1.1\n\n", 400, "invalid character in request target"},
	{"space in target", "GET /a b HTTP/1.1\n\n", 400, "invalid version"},
	{"asterisk with GET", "GET * HTTP/1.1\n\n", 400, "invalid request target"},
	{"relative", "GET foo/bar HTTP/1.1\n\n", 400, "invalid request target"},
	{"query only", "GET ?x HTTP/1.1\n\n", 400, "invalid request target"},
	{"authority with GET", "GET h:80 HTTP/1.1\n\n", 400, "invalid request target"},
	{"scheme with digit", "GET 1http://h/ HTTP/1.1\n\n", 400, "invalid request target"},
	{"one slash", "GET http:/h HTTP/1.1\n\n", 400, "invalid request target"},
	{"authority comma", "GET http://h,x/p HTTP/1.1\n\n", 400, "invalid authority"},
	{"absolute, other host", "GET http://other/p HTTP/1.1\nHost: h\n\n", 400, "Host field does not match the request target"},
	{"absolute, empty host", "GET http://h/p HTTP/1.1\nHost:\n\n", 400, "Host field does not match the request target"},
	{"absolute, other port", "GET http://h:8080/p HTTP/1.1\nHost: h\n\n", 400, "Host field does not match the request target"},
	{"absolute, 443 by http", "GET http://h:443/p HTTP/1.1\nHost: h\n\n", 400, "Host field does not match the request target"},
	{"absolute, other 1.0", "GET http://o/p HTTP/1.0\nHost: h\n\n", 400, "Host field does not match the request target"},
	{"CONNECT without port", "CONNECT h HTTP/1.1\n\n", 400, "invalid authority"},
	{"CONNECT empty port", "CONNECT h: HTTP/1.1\n\n", 400, "invalid authority"},
	{"CONNECT port", "CONNECT h:8a HTTP/1.1\n\n", 400, "invalid authority"},
	{"CONNECT path", "CONNECT /x HTTP/1.1\n\n", 400, "invalid authority"},
	{"CONNECT absolute", "CONNECT http://h:80/ HTTP/1.1\n\n", 400, "invalid authority"},
	{"CONNECT asterisk", "CONNECT * HTTP/1.1\n\n", 400, "invalid authority"},
	{"CONNECT other host", "CONNECT h2:80 HTTP/1.1\nHost: h\n\n", 400, "Host field does not match the request target"},
	{"CONNECT other port", "CONNECT h:8080 HTTP/1.1\nHost: h\n\n", 400, "Host field does not match the request target"},
	// Accepted by the reference, unless a Host field contradicts.
	{"authority empty", "GET http:///p HTTP/1.1\n\n", 400, "invalid authority"},
	{"authority absent", "GET http:// HTTP/1.1\n\n", 400, "invalid authority"},
	{"authority port only", "GET http://:80/ HTTP/1.1\n\n", 400, "invalid authority"},
	{"authority port", "GET http://h:8x/p HTTP/1.1\nHost: h:8x\n\n", 400, "invalid authority"},
	{"CONNECT user", "CONNECT u@h:80 HTTP/1.1\nHost: h\n\n", 400, "invalid authority"},
	{"CONNECT slash", "CONNECT h:80/ HTTP/1.1\n\n", 400, "invalid authority"},
	{"CONNECT big port", "CONNECT h:65536 HTTP/1.1\n\n", 400, "invalid authority"},

	{"method", "G@T / HTTP/1.1\n\n", 400, "invalid character in method"},
	{"no method", " / HTTP/1.1\n\n", 400, "invalid character in method"},
	{"TLS", "\x16\x03\x01\x02\x00\x01", 400, "invalid character in method"},
	{"HTTP/0.9", "GET /\n", 400, "request line without version"},
	{"HTTP/0.9 with a space", "GET / \n", 400, "invalid version"},
	{"version 1.10", "GET / HTTP/1.10\n\n", 400, "invalid version"},
	{"version 1", "GET / HTTP/1\n\n", 400, "invalid version"},
	{"version 1.", "GET / HTTP/1.\n\n", 400, "invalid version"},
	{"version 01.1", "GET / HTTP/01.1\n\n", 400, "invalid version"},
	{"version http", "GET / http/1.1\n\n", 400, "invalid version"},
	{"version RTSP", "GET / RTSP/1.0\n\n", 400, "invalid version"},
	{"version and space", "GET / HTTP/1.1 \n\n", 400, "invalid version"},
	{"version and text", "GET / HTTP/1.1x\n\n", 400, "invalid version"},
	{"websocket without key", "GET / HTTP/1.1\nConnection: upgrade\nUpgrade: websocket\n\n", 400, "WebSocket upgrade without a valid Sec-WebSocket-Key"},
	{"websocket bad key", "GET / HTTP/1.1\nConnection: upgrade\nUpgrade: foo, WebSocket\nSec-WebSocket-Key: abc\n\n", 400, "WebSocket upgrade without a valid Sec-WebSocket-Key"},
	{"preface", "PRI * HTTP/2.0\n\nSM\n\n", 400, ReasonPreface},
	{"preface with a field", "PRI * HTTP/2.0\nHost: h\n\n", 400, "malformed HTTP/2 connection preface"},
	{"preface after a line", "\nPRI * HTTP/2.0\n\nSM\n\n", 400, "malformed HTTP/2 connection preface"},
	{"PRI in HTTP/1", "PRI * HTTP/1.1\n\n", 400, "invalid request target"},
}

func TestRequestsRefused(t *testing.T) {
	for _, c := range requestsRefused {
		t.Run(c.name, func(t *testing.T) {
			h, o := parser{}.everyCut(t, []byte(crlf(c.in)))
			if o.err == "" {
				t.Fatalf("accepted: %s", o.head)
			}
			e := h.scan.err
			if e.Status != c.status || e.Reason != c.reason {
				t.Errorf("%v (%d), want %d %s", e, e.Status, c.status, c.reason)
			}
			if IsPreface(e) != (c.reason == ReasonPreface) {
				t.Errorf("IsPreface(%v) = %t", e, IsPreface(e))
			}
		})
	}
}

func TestRequestBytes(t *testing.T) {
	// One byte of every value at each kind of place: exactly the alphabets the reference was seen to accept.
	for _, c := range []struct {
		name, before, after, refused string
	}{
		{"target", "GET /a", "b HTTP/1.1\r\n\r\n", "#"},
		{"name", "GET / HTTP/1.1\r\nX", "Y: a\r\n\r\n", "\"(),/;<=>?@[\\]{}"},
		{"host", "GET / HTTP/1.1\r\nHost: h", "x\r\n\r\n", "#,/?@[\\]"},
	} {
		for b := range 256 {
			in := c.before + string([]byte{byte(b)}) + c.after
			_, o := parser{}.run(t, []byte(in))
			want := b > ' ' && b < 0x7f && !strings.ContainsRune(c.refused, rune(b))
			if got := o.err == "" && o.n == len(in); got != want {
				t.Errorf("%s with %#02x: accepted %t, want %t (%s)", c.name, b, got, want, o.err)
			}
		}
	}
	for b := range 256 {
		in := "GET / HTTP/1.1\r\nX: a" + string([]byte{byte(b)}) + "b\r\n\r\n"
		if _, o := (parser{}).run(t, []byte(in)); (o.err == "") != (b != 0 && b != '\n' && b != '\r') {
			t.Errorf("value with %#02x: %+v", b, o)
		}
	}
}
