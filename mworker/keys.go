package mworker

import (
	"encoding/binary"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// keyList is the payload of given, offer and drain: a flag and listener keys.
// In given and offer a descriptor comes with each key, in the same order.
type keyList struct {
	flag bool // offer: the keys were given; drain: more drain frames follow
	keys []string
}

func (l keyList) append(b []byte) []byte {
	flag := uint64(0)
	if l.flag {
		flag = 1
	}
	b = binary.AppendUvarint(b, flag)
	b = binary.AppendUvarint(b, uint64(len(l.keys)))
	for _, k := range l.keys {
		b = appendString(b, k)
	}
	return b
}

func parseKeyList(payload []byte) (l keyList, err error) {
	r := fieldReader{b: payload}
	l.flag = r.bool()
	n := r.number(sys.MaxRights)
	for range n {
		k := r.string(maxKey)
		if r.err != nil {
			break
		}
		l.keys = append(l.keys, k)
	}
	return l, r.done()
}

// chunks splits keys into lists that fit one frame each, descriptors included.
func chunks(keys []string) (lists [][]string) {
	size, from := 0, 0
	for i, k := range keys {
		if i-from == sys.MaxRights || size+len(k)+2 > maxControlPayload-16 {
			lists, from, size = append(lists, keys[from:i]), i, 0
		}
		size += len(k) + 2
	}
	if from < len(keys) {
		lists = append(lists, keys[from:])
	}
	return lists
}
