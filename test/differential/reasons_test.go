package differential

import "strings"

// harmless are the cases in which both deliver a request, and its target is
// written differently or HAProxy's is none.
var harmless = map[string]bool{
	`start "GET /odd HTTP/0.9"`:     true,
	`start "GET http://h HTTP/1.1"`: true,
}

// unsteady are the cases that HAProxy 2.6 itself treats now this way, now that.
var unsteady = map[string]bool{
	`chunks "5\r\nhello\r\n0\r\nX : y\r\n\r\n"`: true,
	`chunks "5\r\nhello\r\n0\r\n X: y\r\n\r\n"`: true,
}

// reasons say why a case is treated otherwise than by HAProxy 2.6; the first
// whose text the case's name contains counts.
var reasons = []struct{ in, text string }{
	{`chunked,"`, "a list with an empty element reaches servers that read it differently; HAProxy 3.5 refuses it, too"},
	{`,chunked"`, "400, as HAProxy 3.5, not 422"},
	{`, chunked"`, "400, as HAProxy 3.5, not 422"},
	{"coding after chunked:", "two transfer codings; HAProxy 3.5 refuses them, too"},
	{`framing field " `, "a name that begins with a blank continues the line before or begins the request's body, depending on who reads; HAProxy 3.5 refuses it, too"},
	{`Content-Length: 7`, "framing fields may not be trailers (RFC 9110 6.5.1)"},
	{`Transfer-Encoding: chunked\r\n\r\n"`, "framing fields may not be trailers (RFC 9110 6.5.1)"},
	{`Host: evil`, "the host may not be a trailer (RFC 9110 6.5.1)"},
	{`chunks "0000`, "more digits than a size can have"},
	{`chunks "6`, "what follows a chunk must be a line end; HAProxy 3.5 refuses it, too"},
	{"100000005", "400 for a client that sends no more of its body, as HAProxy 3.5; 2.6 blames the server"},
	{"4294967301", "400 for a client that sends no more of its body, as HAProxy 3.5; 2.6 blames the server"},
	{"9223372036854775807", "400 for a client that sends no more of its body, as HAProxy 3.5; 2.6 blames the server"},
	{"chunks", "a line end, a quote or a trailer that other readers understand differently; 3.5 refuses most of them, too"},
	{`\x00`, "NUL in a value; HAProxy 3.5 refuses it, too"},
	{"HTTP/0.9", "a version of its own for a server that never heard of it: Sluice says 1.1 to servers"},
	{"GET *", "the asterisk is a target of OPTIONS only; HAProxy 3.5 refuses it, too"},
	{"http:///odd", "a URI without an authority; HAProxy 3.5 refuses it, too"},
	{"http://h HTTP", "an empty path is sent as one slash, as HAProxy 3.5 does"},
	{"http://h?", "taken as HAProxy 3.5 does"},
	{"CONNECT", "the answer to CONNECT has no length: what follows is the tunnel (RFC 9110 9.3.6), as in HAProxy 3.5"},
	{"host ", "not the name of a host (RFC 9110 7.2); HAProxy 3.5 refuses it, too"},
	{"line ends", "line ends within chunks must be CR LF; HAProxy 3.5 insists, too"},
	{`\tX`, "a first line that continues none; HAProxy 3.5 refuses it, too"},
	{"Upgrade: websocket", "a handshake without a key; HAProxy 3.5 refuses it, too"},
}

func reasonFor(name string) string {
	for _, r := range reasons {
		if strings.Contains(name, r.in) {
			return r.text
		}
	}
	return ""
}
