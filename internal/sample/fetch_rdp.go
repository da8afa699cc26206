package sample

import "bytes"

// The cookie in the first packet of a remote desktop client (manual 7.3.5,
// req.rdp_cookie): behind the headers of TPKT and X.224 stands a line
// "Cookie: name=value".

// rdpHeaders is the length of the headers before the cookie.
const rdpHeaders = 4 + 7

var rdpWord = []byte("Cookie: ")

// rdpCookie returns the first packet's cookie.
func rdpCookie(b []byte) (name, value []byte, ok bool) {
	if len(b) < rdpHeaders || b[0] != 3 || b[1] != 0 || b[5]&0xf0 != 0xe0 {
		return nil, nil, false
	}
	text, ok := bytes.CutPrefix(b[rdpHeaders:], rdpWord)
	if !ok {
		return nil, nil, false
	}
	text, _, ok = bytes.Cut(text, []byte("\r\n"))
	if !ok {
		return nil, nil, false
	}
	name, value, ok = bytes.Cut(text, []byte{'='})
	return name, value, ok && len(name) > 0
}

// RDPCookie returns the value of the cookie of a name in a first packet.
func RDPCookie(b []byte, name string) (value []byte, ok bool) {
	n, value, ok := rdpCookie(b)
	return value, ok && bytes.EqualFold(n, []byte(name))
}

// compileRDPCookie gives the cookie's value, of the name if one is given: large and
// small letters are the same.
func compileRDPCookie(a []Arg, _ *Scope) (Eval, error) {
	want := []byte(a[0].Text)
	return func(c *Ctx, s *Sample) bool {
		name, value, ok := rdpCookie(c.Payload)
		return ok && (len(want) == 0 || bytes.EqualFold(name, want)) && s.setStr(value)
	}, nil
}

// compileRDPCount says whether there is one.
func compileRDPCount(a []Arg, sc *Scope) (Eval, error) {
	find, err := compileRDPCookie(a, sc)
	return func(c *Ctx, s *Sample) bool { return s.setInt(oneIf(find(c, s))) }, err
}
