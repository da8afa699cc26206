package line

import (
	"bytes"
	"cmp"
	"errors"
	"io"
)

var (
	errTooLong = errors.New("line: longer than the buffer")
	errWait    = errors.New("line: no progress")
)

// maxEmptyReads bounds how often a reader may return nothing before it counts as broken.
const maxEmptyReads = 100

// input cuts what a reader delivers into lines. It holds at most the limit that a caller asks for.
type input struct {
	r    io.Reader
	buf  []byte
	from int // start of what nobody has taken yet
	seen int // bytes after from known to hold no end of line
	// idle is called before a read, with first true when it is the first one of this line: the moment for a prompt,
	// a flush and a deadline.
	idle func(first bool) error
}

// line returns the next line without its LF. With escapes true, a backslash before LF makes it a part of the line. The
// result is valid until the next call. A line of limit bytes or more, LF not counted, is errTooLong; what follows the
// last LF at the end of the input is dropped.
func (in *input) line(limit int, escapes bool) ([]byte, error) {
	in.seen = 0
	first, empty := true, 0
	for {
		b := in.buf[in.from:]
		for ; in.seen < len(b); in.seen++ {
			if b[in.seen] == '\n' && !(escapes && escaped(b, in.seen)) {
				if in.seen >= limit {
					return nil, errTooLong
				}
				in.from += in.seen + 1
				return b[:in.seen], nil
			}
		}
		if len(b) >= limit {
			return nil, errTooLong
		}
		if err := in.idle(first); err != nil {
			return nil, err
		}
		first = false
		n, err := in.more(limit)
		if n > 0 {
			empty = 0
			continue
		}
		if err != nil {
			return nil, err
		}
		if empty++; empty > maxEmptyReads {
			return nil, errWait
		}
	}
}

// unread gives the last n bytes of the line back, its LF included, if nothing was read since.
func (in *input) unread(n int) { in.from -= n }

// skip drops what is left of a line that was too long.
func (in *input) skip(limit int) error {
	for {
		b := in.buf[in.from:]
		if n := bytes.IndexByte(b, '\n'); n >= 0 {
			in.from += n + 1
			return nil
		}
		in.from = len(in.buf)
		if err := in.idle(false); err != nil {
			return err
		}
		if n, err := in.more(limit); n == 0 {
			return cmp.Or(err, errWait)
		}
	}
}

// more reads once, behind what is there.
func (in *input) more(limit int) (int, error) {
	if in.from > 0 {
		in.buf = in.buf[:copy(in.buf, in.buf[in.from:])]
		in.from = 0
	}
	const step = 4096
	if cap(in.buf)-len(in.buf) < step && cap(in.buf) < limit+1 {
		grown := make([]byte, len(in.buf), min(2*cap(in.buf)+step, limit+1))
		copy(grown, in.buf)
		in.buf = grown
	}
	n, err := in.r.Read(in.buf[len(in.buf):cap(in.buf)])
	in.buf = in.buf[:len(in.buf)+n]
	return n, err
}

// rest takes everything that was read and not consumed.
func (in *input) rest() []byte {
	b := in.buf[in.from:]
	in.from = len(in.buf)
	return b
}
