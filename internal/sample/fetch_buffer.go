package sample

import (
	"errors"
	"strconv"
	"strings"
)

// Fetches on the bytes that wait in a channel (manual 7.3.5).

// buffer gives the bytes that a fetch looks at.
type buffer func(*Ctx) []byte

func reqBuffer(c *Ctx) []byte { return c.Payload }
func resBuffer(c *Ctx) []byte { return c.ResPayload }

// eitherBuffer is that of the direction in which the rules look.
func eitherBuffer(c *Ctx) []byte {
	if c.Response {
		return c.ResPayload
	}
	return c.Payload
}

func fetchReqLen(c *Ctx, s *Sample) bool {
	c.unsure()
	return s.setInt(int64(max(len(c.Payload), c.ReqLen)))
}

func fetchResLen(c *Ctx, s *Sample) bool {
	c.unsure()
	return s.setInt(int64(max(len(c.ResPayload), c.ResLen)))
}

// payload takes a[1] bytes at offset a[0], or all that follow when a[1] is 0. Too
// few bytes is no sample.
func payload(of buffer) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		off, n := a[0].Int, a[1].Int
		return func(c *Ctx, s *Sample) bool { return cutPayload(c, s, of(c), off, n) }, nil
	}
}

func cutPayload(c *Ctx, s *Sample, b []byte, off, n int64) bool {
	size := int64(len(b))
	switch {
	case off < 0 || n < 0:
		return false
	case off > size || n > size-off:
		c.unsure()
		return false
	case n == 0:
		c.unsure() // more may follow
		n = size - off
	}
	return s.setBin(b[off : off+n])
}

// payloadLV takes bytes whose number stands in a[1] bytes at offset a[0]. They
// begin behind it, or where a[2] says: from the start of the buffer or, with a
// sign, from the end of the number.
func payloadLV(of buffer) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		at, size := a[0].Int, a[1].Int
		switch {
		case at < 0:
			return nil, errors.New("payload offset1 must be positive")
		case size <= 0:
			return nil, errors.New("payload length must be > 0")
		}
		start, relative := int64(0), true
		if t := a[2].Text; a[2].Set {
			var err error
			if start, err = strconv.ParseInt(t, 10, 32); err != nil {
				return nil, errors.New("payload offset2 is not a number")
			}
			relative = strings.HasPrefix(t, "+") || strings.HasPrefix(t, "-")
			if relative && at+size+start < 0 {
				return nil, errors.New("payload offset2 too negative")
			}
		}
		if relative {
			start += at + size
		}
		return func(c *Ctx, s *Sample) bool {
			b := of(c)
			if at > int64(len(b)) || size > int64(len(b))-at {
				c.unsure()
				return false
			}
			n := int64(0)
			for _, d := range b[at : at+size] {
				if n = n<<8 | int64(d); n > 1<<30 {
					return false // more than can ever come
				}
			}
			if n == 0 {
				return s.setBin(nil)
			}
			return cutPayload(c, s, b, start, n)
		}, nil
	}
}
