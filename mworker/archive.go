package mworker

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// A generation's files live in one sealed memfd, whatever their number:
//
//	"MWORKER1", number of files, then for each: length of the name, name,
//	length of the data, data (all numbers uvarint)
const archiveMagic = "MWORKER1"

var errArchive = errors.New("malformed snapshot")

// sealFiles writes the files into a sealed memfd.
func sealFiles(files []File, limit int64) (int, error) {
	size := int64(0)
	head := binary.AppendUvarint([]byte(archiveMagic), uint64(len(files)))
	pieces := [][]byte{head}
	for _, f := range files {
		if size += int64(len(f.Name)) + int64(len(f.Data)); size > limit {
			return -1, fmt.Errorf("the files are larger than the limit of %d bytes", limit)
		}
		head := appendString(nil, f.Name)
		head = binary.AppendUvarint(head, uint64(len(f.Data)))
		pieces = append(pieces, head, f.Data)
	}
	return sys.SealedMemfd("mworker-snapshot", pieces...)
}

// parseFiles reads an archive. The data alias b.
func parseFiles(b []byte) ([]File, error) {
	if len(b) < len(archiveMagic) || string(b[:len(archiveMagic)]) != archiveMagic {
		return nil, fmt.Errorf("%w: no magic", errArchive)
	}
	r := fieldReader{b: b[len(archiveMagic):]}
	n := r.number(uint64(len(b)))
	var files []File
	for range n {
		f := File{Name: r.string(len(b))}
		size := r.number(uint64(len(b)))
		if r.err != nil || size > uint64(len(r.b)) {
			return nil, fmt.Errorf("%w: cut short", errArchive)
		}
		f.Data, r.b = r.b[:size:size], r.b[size:]
		files = append(files, f)
	}
	if r.done() != nil {
		return nil, fmt.Errorf("%w: bytes at the end", errArchive)
	}
	return files, nil
}
