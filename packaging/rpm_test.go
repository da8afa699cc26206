package packaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// Tags of an rpm header that together are the names of its files.
const (
	tagDirIndexes = 1116
	tagBaseNames  = 1117
	tagDirNames   = 1118
)

var errRPM = errors.New("not an rpm")

// rpmFiles lists the files of a package from its header: a lead of 96 bytes, the
// signature's header, padded to 8 bytes, and the header itself.
func rpmFiles(b []byte) ([]string, error) {
	if len(b) < 96 || !bytes.HasPrefix(b, []byte{0xed, 0xab, 0xee, 0xdb}) {
		return nil, errRPM
	}
	rest := b[96:]
	_, n, err := rpmHeader(rest)
	if err != nil {
		return nil, err
	}
	rest = rest[(n+7)&^7:]
	tags, _, err := rpmHeader(rest)
	if err != nil {
		return nil, err
	}
	dirs, bases := tags.strings(tagDirNames), tags.strings(tagBaseNames)
	var names []string
	for i, base := range bases {
		dir := binary.BigEndian.Uint32(tags[tagDirIndexes].data[4*i:])
		names = append(names, dirs[dir]+base)
	}
	return names, nil
}

type rpmTags map[uint32]rpmEntry

type rpmEntry struct {
	count int
	data  []byte // from its beginning to the end of the store
}

func (t rpmTags) strings(tag uint32) []string {
	return strings.SplitN(string(t[tag].data), "\x00", t[tag].count+1)[:t[tag].count]
}

// rpmHeader reads one header and tells its length.
func rpmHeader(b []byte) (rpmTags, int, error) {
	if len(b) < 16 || !bytes.HasPrefix(b, []byte{0x8e, 0xad, 0xe8, 1}) {
		return nil, 0, errRPM
	}
	entries, size := int(binary.BigEndian.Uint32(b[8:])), int(binary.BigEndian.Uint32(b[12:]))
	length := 16 + 16*entries + size
	if length > len(b) {
		return nil, 0, errRPM
	}
	store := b[16+16*entries : length]
	tags := rpmTags{}
	for i := range entries {
		e := b[16+16*i:]
		offset := binary.BigEndian.Uint32(e[8:])
		tags[binary.BigEndian.Uint32(e)] = rpmEntry{int(binary.BigEndian.Uint32(e[12:])), store[offset:]}
	}
	return tags, length, nil
}
