package mworker

import (
	"encoding/binary"
	"math"
	"time"
)

// hello is the first frame a worker gets; the sealed snapshot comes with it.
type hello struct {
	number, generation int
	respawn, forced    bool
	check, again       bool // again: a generation that was loaded before, from what is kept of it
}

func (h hello) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(h.number))
	b = binary.AppendUvarint(b, uint64(h.generation))
	b = appendBool(b, h.respawn)
	b = appendBool(b, h.forced)
	b = appendBool(b, h.check)
	return appendBool(b, h.again)
}

func parseHello(payload []byte) (h hello, err error) {
	r := fieldReader{b: payload}
	h.number = int(r.number(1 << 40))
	h.generation = int(r.number(1 << 40))
	h.respawn = r.bool()
	h.forced = r.bool()
	h.check = r.bool()
	h.again = r.bool()
	return h, r.done()
}

// Limits of what a worker may put into a text frame.
const (
	maxPhase   = 512
	maxLevel   = 16
	maxVersion = 256
	maxReason  = 4 << 10
)

// parseText reads a payload of one string.
func parseText(payload []byte, limit int) (string, error) {
	r := fieldReader{b: payload}
	s := r.string(limit)
	return s, r.done()
}

// parseDeadline reads how long a load may take; 0 is Never.
func parseDeadline(payload []byte) (time.Duration, error) {
	r := fieldReader{b: payload}
	d := time.Duration(r.number(math.MaxInt64))
	if d == 0 {
		d = Never
	}
	return d, r.done()
}

// parseLog reads a level and a line.
func parseLog(payload []byte) (level, text string, err error) {
	r := fieldReader{b: payload}
	level, text = r.string(maxLevel), r.string(maxLogLine)
	return level, text, r.done()
}

// cut shortens s to a limit of bytes.
func cut(s string, limit int) string {
	if len(s) > limit {
		return s[:limit]
	}
	return s
}

// printable replaces control characters, which could otherwise forge lines or
// move the cursor of whoever reads them.
func printable(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c < ' ' || c == 0x7f {
			b[i] = ' '
		}
	}
	return string(b)
}
