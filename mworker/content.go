package mworker

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// content is what a file held when a load read it, sealed. Generations that read
// the same bytes share one.
type content struct {
	sum  sum
	size int64
	fd   *descriptor
	uses int // generations, and names within them
}

type sum [sha256.Size]byte

func (s sum) String() string { return hex.EncodeToString(s[:]) }

// contents are those of all generations.
type contents map[sum]*content

// take files a sealed descriptor, which it takes over, or finds that its bytes are
// there already.
func (c contents) take(s sum, size int64, fd *descriptor) *content {
	have := c[s]
	if have == nil {
		have = &content{sum: s, size: size, fd: fd}
		c[s] = have
	} else {
		fd.release()
	}
	have.uses++
	return have
}

func (c contents) drop(old *content) {
	if old == nil {
		return
	}
	if old.uses--; old.uses == 0 {
		old.fd.release()
		delete(c, old.sum)
	}
}

// size is the memory that all of them take.
func (c contents) size() (n int64) {
	for _, one := range c {
		n += one.size
	}
	return n
}

// examine reads what a worker sent as a file's bytes. What its sum is, is not asked
// of the worker: others share the content.
func examine(fd int, limit int64) (s sum, size int64, err error) {
	r, err := sys.SealedReader(fd, limit)
	if err != nil {
		return s, 0, err
	}
	h := sha256.New()
	if size, err = io.Copy(h, r); err == nil && size != r.Size() {
		err = fmt.Errorf("%d bytes of %d", size, r.Size())
	}
	h.Sum(s[:0])
	return s, size, err
}
