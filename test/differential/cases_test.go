package differential

import (
	"fmt"
	"strings"
)

// An odd is what a client sends on a new connection. The test puts a plain
// request behind it, so that a wrong end of the first shows.
type odd struct{ name, text string }

// post is a request whose framing is given by fields, each with its line end.
func post(version, fields, body string) string {
	return "POST /odd HTTP/" + version + "\r\nHost: h\r\n" + fields + "\r\n" + body
}

func odds() []odd {
	var all []odd
	add := func(group, what, text string) {
		all = append(all, odd{group + " " + fmt.Sprintf("%q", what), text})
	}
	for _, v := range lengths {
		add("length", v, post("1.1", "Content-Length:"+v+"\r\n", "hello"))
		add("length twice: 5 and", v, post("1.1", "Content-Length: 5\r\nContent-Length:"+v+"\r\n", "hello"))
		add("length with chunked:", v, post("1.1", "Content-Length:"+v+"\r\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"))
		add("length of GET", v, "GET /odd HTTP/1.1\r\nHost: h\r\nContent-Length:"+v+"\r\n\r\nhello")
	}
	for _, v := range codings {
		chunked := "5\r\nhello\r\n0\r\n\r\n"
		add("coding", v, post("1.1", "Transfer-Encoding:"+v+"\r\n", chunked))
		add("coding in 1.0", v, post("1.0", "Transfer-Encoding:"+v+"\r\nConnection: keep-alive\r\n", chunked))
		add("coding with a length:", v, post("1.1", "Content-Length: 5\r\nTransfer-Encoding:"+v+"\r\n", chunked))
		add("coding after chunked:", v, post("1.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding:"+v+"\r\n", chunked))
	}
	for _, n := range []string{"Transfer-Encoding ", "Transfer-Encoding\t", " Transfer-Encoding", "Transfer_Encoding", "Transfer-Encoding\x00", "transfer-encoding", "X\nTransfer-Encoding", "X\rTransfer-Encoding", "Transfer-\r\n Encoding", "Content-Length ", "Content_Length", "Content-Length\x0b"} {
		add("name of a framing field", n, post("1.1", n+": chunked\r\nContent-Length: 5\r\n", "5\r\nhello\r\n0\r\n\r\n"))
	}
	for _, b := range chunkings {
		add("chunks", b, post("1.1", "Transfer-Encoding: chunked\r\n", b))
	}
	for c := range 256 {
		add("byte in a name", string([]byte{byte(c)}), "GET /odd HTTP/1.1\r\nHost: h\r\nX-a"+string([]byte{byte(c)})+"b: v\r\n\r\n")
		add("byte in a value", string([]byte{byte(c)}), "GET /odd HTTP/1.1\r\nHost: h\r\nX-a: v"+string([]byte{byte(c)})+"w\r\n\r\n")
		add("byte in a target", string([]byte{byte(c)}), "GET /odd"+string([]byte{byte(c)})+"x HTTP/1.1\r\nHost: h\r\n\r\n")
	}
	for c := range 128 {
		add("byte in a method", string([]byte{byte(c)}), "GE"+string([]byte{byte(c)})+"T /odd HTTP/1.1\r\nHost: h\r\n\r\n")
	}
	for _, l := range startLines {
		add("start", l, l+"\r\nHost: h\r\n\r\n")
	}
	for _, h := range hosts {
		add("host", h, "GET /odd HTTP/1.1\r\n"+h+"\r\n")
		add("host with an absolute target", h, "GET http://a.example/odd HTTP/1.1\r\n"+h+"\r\n")
	}
	for _, t := range ends {
		add("line ends", t, t)
	}
	for _, f := range fields {
		add("field", f, "GET /odd HTTP/1.1\r\nHost: h\r\n"+f+"\r\n")
		add("field of a POST", f, post("1.1", "Content-Length: 5\r\n"+f, "hello"))
		add("field of a chunked POST", f, post("1.1", "Transfer-Encoding: chunked\r\n"+f, "5\r\nhello\r\n0\r\n\r\n"))
	}
	return all
}

var lengths = []string{
	" 5", "5", "\t5", "  5  ", " 5\t", " +5", " -5", " 05", " 0005", " 5,5", " 5, 5", " 5,6", " 5,", " ,5", " 5;", " 0x5", " 5.0", " 5e0", " five",
	"", " ", " 0", " -0", " 5 5", " 5\x00", " \x005", " 5\x0b", " \x0c5", " \xd9\xa5", " 18446744073709551621", " 9223372036854775807",
	" 99999999999999999999999", " 5\r\n ", " \r\n 5", " '5'", " \"5\"", " 5#", " (5)", " 1 0", " 4294967301",
}

var codings = []string{
	" chunked", "chunked", " Chunked", " CHUNKED", "\tchunked", " chunked ", " chunked\t", " chunked,", " ,chunked", " , chunked", " chunked;", " chunked;a=b",
	" chunked, identity", " identity, chunked", " gzip, chunked", " chunked, gzip", " chunked, chunked", " identity", " gzip", " x", "", " ",
	" xchunked", " chunkedx", " chunk", " \x00chunked", " chunked\x00", " \x0bchunked", " chunked\x0b", " \"chunked\"", " 'chunked'", " chun\x00ked", " chun ked",
	" \r\n chunked", " chunked\r\n ", " x\r\n chunked", " cow", " trailers, chunked", " \xefchunked",
}

var chunkings = []string{
	"5\r\nhello\r\n0\r\n\r\n", "05\r\nhello\r\n0\r\n\r\n", "00000000000000000005\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n",
	"5\t\r\nhello\r\n0\r\n\r\n", "\t5\r\nhello\r\n0\r\n\r\n", "5;\r\nhello\r\n0\r\n\r\n", "5;a\r\nhello\r\n0\r\n\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n", "5 ;a=b\r\nhello\r\n0\r\n\r\n",
	"5; a=b\r\nhello\r\n0\r\n\r\n", "5;a=\"b\"\r\nhello\r\n0\r\n\r\n", "5;a=\"b\r\nhello\r\n0\r\n\r\n", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n", "5;a\n\r\nhello\r\n0\r\n\r\n",
	"5;a\rb\r\nhello\r\n0\r\n\r\n", "5;\x00\r\nhello\r\n0\r\n\r\n", "5 a\r\nhello\r\n0\r\n\r\n", "5,\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n",
	"-5\r\nhello\r\n0\r\n\r\n", "5.0\r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n", ";a\r\nhello\r\n0\r\n\r\n", "g\r\nhello\r\n0\r\n\r\n", "5h\r\nhello\r\n0\r\n\r\n",
	"5\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\r0\r\n\r\n", "5\r\nhello\r\n0\n\n", "5\r\nhello\r\n0\n\r\n",
	"5\r\nhello\r\n0\r\n\n", "5\r\nhello\r\n0\r\r\n", "5\r\nhello\r\n00\r\n\r\n", "5\r\nhello\r\n0000000000\r\n\r\n", "5\r\nhello\r\n0;a=b\r\n\r\n", "5\r\nhello\r\n0 \r\n\r\n",
	"5\r\nhello\r\n-0\r\n\r\n", "5\r\nhello\r\n+0\r\n\r\n", "5\r\nhello\r\n0x0\r\n\r\n", "5\r\nhello\r\n", "5\r\nhello", "5\r\nhel", "5\r\n", "5", "",
	"4\r\nhello\r\n0\r\n\r\n", "6\r\nhello\r\n0\r\n\r\n", "a\r\nhello\r\n0\r\n\r\n", "A\r\n0123456789\r\n0\r\n\r\n", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
	"ffffffffffffffff\r\nhello\r\n0\r\n\r\n", "7fffffffffffffff\r\nhello\r\n0\r\n\r\n", "100000005\r\nhello\r\n0\r\n\r\n", "10000000000000005\r\nhello\r\n0\r\n\r\n",
	"5\r\nhello\r\n0\r\nX: y\r\n\r\n", "5\r\nhello\r\n0\r\nX : y\r\n\r\n", "5\r\nhello\r\n0\r\n X: y\r\n\r\n", "5\r\nhello\r\n0\r\nX: y\n\r\n", "5\r\nhello\r\n0\r\nX\r\n\r\n",
	"5\r\nhello\r\n0\r\nContent-Length: 7\r\n\r\n", "5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n0\r\nHost: evil\r\n\r\n", "5\r\nhello\r\n0\r\n: y\r\n\r\n",
	"5\r\nhello\r\n0\r\nX: \x00\r\n\r\n", "5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n", "5\r\nhello\r\n0\r\nGET / HTTP/1.1\r\n\r\n", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "5\r\n\r\n\r\nx\r\n0\r\n\r\n",
	"5\r\nhello\r\n\r\n0\r\n\r\n", "5\r\n\r\nhello\r\n0\r\n\r\n", "5\x00\r\nhello\r\n0\r\n\r\n", "5\x0b\r\nhello\r\n0\r\n\r\n", "\xff5\r\nhello\r\n0\r\n\r\n",
}

var startLines = []string{
	"GET /odd HTTP/1.1", "get /odd HTTP/1.1", "Get /odd HTTP/1.1", "FOO /odd HTTP/1.1", "GET  /odd HTTP/1.1", "GET /odd  HTTP/1.1", "GET /odd HTTP/1.1 ", " GET /odd HTTP/1.1",
	"GET\t/odd HTTP/1.1", "GET /odd\tHTTP/1.1", "GET /odd HTTP/1.0", "GET /odd HTTP/1.2", "GET /odd HTTP/1.9", "GET /odd HTTP/1.10", "GET /odd HTTP/01.1", "GET /odd HTTP/1.01",
	"GET /odd HTTP/2.0", "GET /odd HTTP/2", "GET /odd HTTP/0.9", "GET /odd HTTP/3.0", "GET /odd http/1.1", "GET /odd Http/1.1", "GET /odd HTTP/1", "GET /odd HTTP/1.", "GET /odd HTTP/.1",
	"GET /odd HTTP/ 1.1", "GET /odd HTTP /1.1", "GET /odd HTTP/1 .1", "GET /odd HTTP/1.1x", "GET /odd HTTP/1.1 x", "GET /odd HTTP/-1.1", "GET /odd HTTP/+1.1", "GET /odd HTTP/a.b",
	"GET /odd HTTPS/1.1", "GET /odd ICAP/1.0", "GET /odd RTSP/1.0", "GET /odd", "GET", "GET ", "/odd", "GET HTTP/1.1", "GET  HTTP/1.1", "", "\x00", "GET odd HTTP/1.1", "GET * HTTP/1.1", "OPTIONS * HTTP/1.1",
	"OPTIONS /odd HTTP/1.1", "GET ** HTTP/1.1", "GET ? HTTP/1.1", "GET ?odd HTTP/1.1", "GET # HTTP/1.1", "GET /odd# HTTP/1.1", "GET /odd#frag HTTP/1.1", "GET //odd HTTP/1.1", "GET /odd/../x HTTP/1.1",
	"GET /odd%00 HTTP/1.1", "GET /odd%zz HTTP/1.1", "GET /odd% HTTP/1.1", "GET /odd%2 HTTP/1.1", "GET /odd\\x HTTP/1.1", "GET \\odd HTTP/1.1", "GET http://h/odd HTTP/1.1", "GET HTTP://h/odd HTTP/1.1",
	"GET http://other/odd HTTP/1.1", "GET https://h/odd HTTP/1.1", "GET ftp://h/odd HTTP/1.1", "GET http:///odd HTTP/1.1", "GET http:/odd HTTP/1.1", "GET http:odd HTTP/1.1", "GET http://h HTTP/1.1", "GET http://h? HTTP/1.1",
	"GET http://h#x HTTP/1.1", "GET http://h:80/odd HTTP/1.1", "GET http://h:081/odd HTTP/1.1", "GET http://h:/odd HTTP/1.1", "GET http://h:x/odd HTTP/1.1", "GET http://u@h/odd HTTP/1.1", "GET http://u:p@h/odd HTTP/1.1",
	"GET http://[::1]/odd HTTP/1.1", "GET http://[::1/odd HTTP/1.1", "GET h:80 HTTP/1.1", "GET //h/odd HTTP/1.1", "CONNECT h:80 HTTP/1.1", "CONNECT h HTTP/1.1", "CONNECT /odd HTTP/1.1", "CONNECT http://h/ HTTP/1.1", "CONNECT * HTTP/1.1",
	"TRACE /odd HTTP/1.1", "HEAD /odd HTTP/1.1", "PRI * HTTP/2.0", "DELETE /odd HTTP/1.1", "PUT /odd HTTP/1.1", "PATCH /odd HTTP/1.1",
	"GET /" + strings.Repeat("a", 8000) + " HTTP/1.1", strings.Repeat("M", 300) + " /odd HTTP/1.1", "GET /odd HTTP/1.1\r\n", "\r\nGET /odd HTTP/1.1", "\r\n\r\n\r\nGET /odd HTTP/1.1", "\nGET /odd HTTP/1.1", "\n\nGET /odd HTTP/1.1", "\rGET /odd HTTP/1.1", "\r\n GET /odd HTTP/1.1",
}

var hosts = []string{
	"", "Host:\r\n", "Host: \r\n", "Host: h\r\n", "Host: h\r\nHost: h\r\n", "Host: h\r\nHost: i\r\n", "Host: a.example\r\n", "Host: a.example\r\nHost: h\r\n", "Host : h\r\n", " Host: h\r\n",
	"Host: h i\r\n", "Host: h,i\r\n", "Host: h:80\r\n", "Host: h:\r\n", "Host: h:x\r\n", "Host: h:99999\r\n", "Host: u@h\r\n", "Host: h/x\r\n", "Host: h?x\r\n", "Host: h#x\r\n", "Host: [::1]\r\n", "Host: [::1]:80\r\n",
	"Host: [::1\r\n", "Host: \x00\r\n", "Host: h\x00\r\n", "Host: h\xff\r\n", "Host: h\tx\r\n", "Host: http://h\r\n", "Host: h\r\n x\r\n", "HOST: h\r\n", "hOsT: h\r\nX: y\r\n", "X: y\r\nHost: h\r\n", "Host: A.Example\r\n", "Host: a.example:80\r\n",
	"Host: a.example:8080\r\n", "Host: a.example.\r\n", "Host: *\r\n", "Host: -\r\n",
}

var ends = []string{
	"GET /odd HTTP/1.1\nHost: h\n\n", "GET /odd HTTP/1.1\r\nHost: h\n\r\n", "GET /odd HTTP/1.1\nHost: h\r\n\r\n", "GET /odd HTTP/1.1\r\nHost: h\r\n\n", "GET /odd HTTP/1.1\r\nHost: h\n\n",
	"GET /odd HTTP/1.1\rHost: h\r\r", "GET /odd HTTP/1.1\r\nHost: h\r\r\n\r\n", "GET /odd HTTP/1.1\r\r\nHost: h\r\n\r\n", "GET /odd HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", "GET /odd HTTP/1.1\r\nHost: h\r\n\rX: y\r\n\r\n",
	"GET /odd HTTP/1.1\r\nHost: h\r\nX: a\nY: b\r\n\r\n", "GET /odd HTTP/1.1\r\nHost: h\r\n\r\r\n\r\n", "GET /odd HTTP/1.1\n\rHost: h\n\r\n\r", "POST /odd HTTP/1.1\nHost: h\nContent-Length: 5\n\nhello", "POST /odd HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n",
	"GET /odd HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", "GET /odd HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n", "GET /odd HTTP/1.1\r\nHost: h\r\nX:\r\n b\r\n\r\n", "GET /odd HTTP/1.1\r\n X: a\r\nHost: h\r\n\r\n", "GET /odd HTTP/1.1\r\n\r\nHost: h\r\n\r\n",
	"GET /odd HTTP/1.1\r\nHost: h\r\n \r\n\r\n", "GET /odd HTTP/1.1\r\nHost: h\r\n\t\r\nX: y\r\n\r\n",
}

var fields = []string{
	"X\r\n", ": y\r\n", "X: y\r\n", "X:y\r\n", "X:\r\n", "X :y\r\n", "X\t: y\r\n", "X: \r\n", "\tX: y\r\n", "X: y: z\r\n", ":: y\r\n", "X Y: z\r\n", "(X): y\r\n", "X\": y\r\n", "X[]: y\r\n", "\xc3\xa9: y\r\n", "X: \xc3\xa9\r\n",
	"X: " + strings.Repeat("y", 8000) + "\r\n", strings.Repeat("X", 300) + ": y\r\n", strings.Repeat("X: y\r\n", 90), strings.Repeat("X: y\r\n", 110),
	"Connection: close\r\n", "Connection: keep-alive\r\n", "Connection: close, keep-alive\r\n", "Connection: host\r\n", "Connection: content-length\r\n", "Connection: transfer-encoding\r\n", "Connection: x\r\nX: y\r\n", "Connection:\r\n", "Connection: ,\r\n",
	"Connection: upgrade\r\nUpgrade: websocket\r\n", "Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n", "Upgrade: x\r\n", "Connection: upgrade\r\n", "Keep-Alive: 5\r\n", "Proxy-Connection: close\r\n", "TE: trailers\r\n", "TE: chunked\r\n", "Trailer: X\r\n",
	"Expect: 100-continue\r\n", "Expect: x\r\n", "Expect: 100-continue, x\r\n", "Content-Length: 0\r\n", "Content-Length: 5\r\n", "Content-Length: 6\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n", "Cookie: a=b\r\nCookie: c=d\r\n", "X-Forwarded-For: 1.2.3.4\r\n",
	"X-HTTP-Method-Override: PUT\r\n", "Content-Type: multipart/byteranges\r\n", "Content-Encoding: gzip\r\n", "Accept-Encoding: chunked\r\n", "Via: 1.1 x\r\n", "Max-Forwards: 0\r\n", "Range: bytes=0-\r\n", "HTTP2-Settings: x\r\n", "Sec-WebSocket-Key: x\r\n",
}
