// Package payload derives bodies from seeds. Both ends of a test know the seed
// and the length, so that either can say which byte went wrong without keeping
// the body: a client that knows what it sent recognises a lost, repeated,
// shifted or exchanged byte.
package payload

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// word returns the k-th eight bytes of the stream of seed (splitmix64).
func word(seed, k uint64) uint64 {
	z := seed + (k+1)*0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// Fill writes the bytes [off, off+len(p)) of the stream of seed into p.
func Fill(p []byte, seed uint64, off int64) {
	var w [8]byte
	for len(p) > 0 {
		binary.LittleEndian.PutUint64(w[:], word(seed, uint64(off)/8))
		n := copy(p, w[off%8:])
		p, off = p[n:], off+int64(n)
	}
}

// Bytes returns the first n bytes of the stream of seed.
func Bytes(seed uint64, n int) []byte {
	p := make([]byte, n)
	Fill(p, seed, 0)
	return p
}

// Sum is the FNV-1a hash of p in hexadecimal: what an origin says about the
// request body it received.
func Sum(p []byte) string {
	h := fnv.New64a()
	h.Write(p)
	return fmt.Sprintf("%016x", h.Sum64())
}

// WriteTo writes the first n bytes of the stream of seed in pieces.
func WriteTo(w io.Writer, seed uint64, n int64) error {
	var buf [16 << 10]byte
	for off := int64(0); off < n; {
		p := buf[:min(int64(len(buf)), n-off)]
		Fill(p, seed, off)
		m, err := w.Write(p)
		if err != nil {
			return err
		}
		off += int64(m)
	}
	return nil
}

// A Checker compares what is written to it with the stream of a seed.
type Checker struct {
	Seed uint64
	N    int64 // bytes seen
	Bad  int64 // offset of the first wrong byte plus one; 0: none
	buf  [4 << 10]byte
}

// Write never fails; it remembers the first difference.
func (c *Checker) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		want := c.buf[:min(len(p), len(c.buf))]
		if c.Bad == 0 {
			Fill(want, c.Seed, c.N)
			for i, b := range want {
				if p[i] != b {
					c.Bad = c.N + int64(i) + 1
					break
				}
			}
		}
		c.N += int64(len(want))
		p = p[len(want):]
	}
	return total, nil
}

// Verdict is empty when exactly n bytes of the stream were seen.
func (c *Checker) Verdict(n int64) string {
	switch {
	case c.Bad != 0:
		return fmt.Sprintf("byte %d of the body of seed %d is wrong", c.Bad-1, c.Seed)
	case c.N != n:
		return fmt.Sprintf("%d bytes of a body of %d", c.N, n)
	}
	return ""
}
