package sample

import "bytes"

// The cookie in the first packet of a remote desktop client (manual 7.3.5,
// req.rdp_cookie): behind the headers of TPKT and X.224 stands a line
// "Cookie: name=value".

// rdpHeaders is the length of the headers before the cookie.
const rdpHeaders = 4 + 7

var rdpWord = []byte("Cookie: ")

// rdpCookie returns the first packet's cookie. Without one, more says that it may
// still come.
func rdpCookie(b []byte) (name, value []byte, ok, more bool) {
	for _, h := range [...]struct{ at, mask, want byte }{{0, 0xff, 3}, {1, 0xff, 0}, {5, 0xf0, 0xe0}} {
		if len(b) > int(h.at) && b[h.at]&h.mask != h.want {
			return nil, nil, false, false
		}
	}
	if len(b) <= rdpHeaders {
		return nil, nil, false, true
	}
	text := b[rdpHeaders:]
	if len(text) < len(rdpWord) {
		return nil, nil, false, bytes.HasPrefix(rdpWord, text)
	}
	if text, ok = bytes.CutPrefix(text, rdpWord); !ok {
		return nil, nil, false, false
	}
	if text, _, ok = bytes.Cut(text, []byte("\r\n")); !ok {
		return nil, nil, false, true
	}
	name, value, ok = bytes.Cut(text, []byte{'='})
	return name, value, ok && len(name) > 0, false
}

// RDPCookie returns the value of the cookie of a name in a first packet.
func RDPCookie(b []byte, name string) (value []byte, ok bool) {
	n, value, ok, _ := rdpCookie(b)
	return value, ok && bytes.EqualFold(n, []byte(name))
}

// compileRDPCookie gives the cookie's value, of the name if one is given: large and
// small letters are the same.
func compileRDPCookie(a []Arg, _ *Scope) (Eval, error) {
	want := []byte(a[0].Text)
	return func(c *Ctx, s *Sample) bool {
		name, value, ok, more := rdpCookie(c.Payload)
		if more {
			c.unsure()
		}
		return ok && (len(want) == 0 || bytes.EqualFold(name, want)) && s.setStr(value)
	}, nil
}

// compileRDPCount says whether there is one.
func compileRDPCount(a []Arg, sc *Scope) (Eval, error) {
	find, err := compileRDPCookie(a, sc)
	return func(c *Ctx, s *Sample) bool { return s.setInt(oneIf(find(c, s))) }, err
}
