package sample

import (
	"errors"
	"strconv"
)

// Fetches of distcc messages (manual 7.3.5; distcc's protocol-2.txt): tokens of four
// letters with a number of eight hexadecimal digits, which for most of them is the
// length of what follows.

// distccBare are the tokens that nothing follows.
var distccBare = map[string]bool{"ARGC": true, "DIST": true, "DONE": true, "NFIL": true, "STAT": true}

const distccHead = 4 + 8

// distccFind looks for the nth token of a name. body is as much of what follows it as
// is there; whole says whether that is all of it. Short: more of the message could
// have it.
func distccFind(b []byte, name string, nth int64) (param int64, body []byte, whole, found, short bool) {
	for {
		if len(b) < distccHead {
			return 0, nil, false, false, true
		}
		n, err := strconv.ParseUint(string(b[4:distccHead]), 16, 32)
		if err != nil {
			return 0, nil, false, false, false
		}
		token := string(b[:4])
		b = b[distccHead:]
		size := int64(n)
		if distccBare[token] {
			size = 0
		}
		if token == name {
			if nth--; nth <= 0 {
				have := min(size, int64(len(b)))
				return int64(n), b[:have], have == size, true, false
			}
		}
		if size > int64(len(b)) {
			return 0, nil, false, false, true
		}
		b = b[size:]
	}
}

// compileDistcc compiles distcc_param, and distcc_body where body is set.
func compileDistcc(body bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		name, nth := a[0].Text, a[1].Int
		if len(name) != 4 {
			return nil, errors.New("expects a token of four letters")
		}
		return func(c *Ctx, s *Sample) bool {
			b := c.Payload
			if c.Response {
				b = c.ResPayload
			}
			param, what, whole, found, short := distccFind(b, name, nth)
			if short || found && body && !whole {
				c.unsure()
			}
			switch {
			case !found || body && len(what) == 0:
				return false
			case body:
				return s.setBin(what)
			}
			return s.setInt(param)
		}, nil
	}
}
