package worker

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// What is read of a file that the configuration names (lists, maps, pages) is bounded:
// a wrong name may be that of a device that never ends.
const (
	maxFile   = 1 << 30  // of one that tells its size
	maxStream = 64 << 20 // of a pipe, or whatever else does not
)

// readBounded is os.ReadFile with those bounds.
func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var all bytes.Buffer
	limit := int64(maxStream)
	if st.Mode().IsRegular() {
		if limit = max(limit, st.Size()); limit > maxFile {
			return nil, tooLarge(maxFile)
		}
		all.Grow(int(st.Size()) + bytes.MinRead) // once, not by doubling
	}
	if _, err := all.ReadFrom(io.LimitReader(f, limit+1)); err != nil {
		return nil, err
	}
	if int64(all.Len()) > limit {
		return nil, tooLarge(limit)
	}
	return all.Bytes(), nil
}

func tooLarge(limit int64) error { return fmt.Errorf("more than %d bytes", limit) }
