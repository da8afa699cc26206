package mworker

import (
	"encoding/binary"
	"fmt"
)

// The payload of a frame is a sequence of fields: unsigned numbers as uvarint,
// strings as their length and their bytes.

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// fieldReader takes fields off a payload. The first fault sticks, so that a
// message can be read whole and checked once, by done.
type fieldReader struct {
	b   []byte
	err error
}

func (r *fieldReader) number(limit uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > limit {
		r.fail("number")
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *fieldReader) string(limit int) string {
	n := r.number(uint64(limit))
	if r.err != nil || n > uint64(len(r.b)) {
		r.fail("string")
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *fieldReader) bool() bool { return r.number(1) == 1 }

func (r *fieldReader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: bad %s", errFrame, what)
	}
	r.b = nil
}

// done returns the first fault; bytes left over are one.
func (r *fieldReader) done() error {
	if r.err == nil && len(r.b) > 0 {
		r.fail("end")
	}
	return r.err
}
