package http1

// field is one field line. A deleted one keeps its place with live false, so that indexes stay valid during a walk.
type field struct {
	name, value uint32 // offsets, see span
	valueLen    uint32
	nameLen     uint8
	id          id
	flags       uint8
}

const (
	// fDeleted: the field is gone.
	fDeleted = 1 << iota
	// fVerbatim: in buf the line reads exactly "name: value CR LF".
	fVerbatim
	// fLower: the name has no upper-case letter.
	fLower
)

// maxName is the longest name accepted, as in the reference.
const maxName = 1<<8 - 1

func (h *Head) name(f *field) []byte  { return h.bytes(span{f.name, uint32(f.nameLen)}) }
func (h *Head) value(f *field) []byte { return h.bytes(span{f.value, f.valueLen}) }

// Len is the number of fields, deleted ones included.
func (h *Head) Len() int { return len(h.fields) }

// Name returns the name of field i as received (any case), nil when the field was deleted.
func (h *Head) Name(i int) []byte {
	f := &h.fields[i]
	if f.flags&fDeleted != 0 {
		return nil
	}
	return h.name(f)
}

// Value returns the value of field i without the white space around it, nil when the field was deleted.
func (h *Head) Value(i int) []byte {
	f := &h.fields[i]
	if f.flags&fDeleted != 0 {
		return nil
	}
	return h.value(f)
}

// Find returns the index of the first field at or after from whose name is name (lower case) in any case, -1 when there is none.
func (h *Head) Find(name string, from int) int {
	if k := lookupID(name); k != idOther {
		return h.findID(k, from)
	}
	for i := from; i < len(h.fields); i++ {
		f := &h.fields[i]
		if int(f.nameLen) == len(name) && f.id == idOther && f.flags&fDeleted == 0 && equalFold(h.name(f), name) {
			return i
		}
	}
	return -1
}

func (h *Head) findID(k id, from int) int {
	for i := from; i < len(h.fields); i++ {
		if f := &h.fields[i]; f.id == k && f.flags&fDeleted == 0 {
			return i
		}
	}
	return -1
}

// Get returns the value of the first field called name (lower case).
func (h *Head) Get(name string) ([]byte, bool) {
	if i := h.Find(name, 0); i >= 0 {
		return h.value(&h.fields[i]), true
	}
	return nil, false
}

// Add appends a field. The name is cut at 255 bytes, its bytes that no field name may hold become '-', the value's line ends and NULs become spaces,
// and white space around it is no part of it (RFC 9110, 5.5).
//
// Content-Length and Transfer-Encoding of a parsed message can not be forged this way: see Append.
func (h *Head) Add(name, value []byte) {
	name = name[:min(len(name), maxName)]
	k := lookupIDFold(name)
	h.touch(k)
	h.tidy()
	n, v := h.storeToken(name), h.store(trim(value))
	h.less -= lineCost
	// Deleted fields at the end are not looked at again: rules may set one field often.
	for len(h.fields) > 0 && h.fields[len(h.fields)-1].flags&fDeleted != 0 {
		h.fields = h.fields[:len(h.fields)-1]
	}
	h.fields = append(h.fields, field{name: n.off, nameLen: uint8(n.n), value: v.off, valueLen: v.n, id: k})
	if k == idHost && h.hosts == 0 {
		h.hosts = int32(len(h.fields))
	}
}

// Set deletes every field called name, in any case, and appends one.
func (h *Head) Set(name, value []byte) {
	if k := lookupIDFold(name); k != idOther {
		for i := h.findID(k, 0); i >= 0; i = h.findID(k, i+1) {
			h.DelAt(i)
		}
	} else {
		for i := range h.fields {
			if f := &h.fields[i]; f.flags&fDeleted == 0 && equalFoldBytes(h.name(f), name) {
				h.DelAt(i)
			}
		}
	}
	h.Add(name, value)
}

// Del deletes every field called name (lower case).
func (h *Head) Del(name string) {
	for i := h.Find(name, 0); i >= 0; i = h.Find(name, i+1) {
		h.DelAt(i)
	}
}

// DelAt deletes field i; the indexes of the others do not change.
func (h *Head) DelAt(i int) {
	f := &h.fields[i]
	h.touch(f.id)
	if f.flags&fDeleted == 0 {
		h.leave(span{f.name, uint32(f.nameLen)})
		h.leave(span{f.value, f.valueLen})
		h.less += lineCost
	}
	f.flags |= fDeleted
	if h.hosts == int32(i)+1 {
		h.hosts = int32(h.findID(idHost, i+1)) + 1
	}
}

// SetValueAt replaces the value of field i.
func (h *Head) SetValueAt(i int, v []byte) {
	h.touch(h.fields[i].id)
	h.setValue(i, v)
}

func (h *Head) setValue(i int, v []byte) {
	h.tidy()
	s := h.store(trim(v))
	f := &h.fields[i]
	h.leave(span{f.value, f.valueLen})
	f.value, f.valueLen = s.off, s.n
	f.flags &^= fVerbatim
}

// touch notes that a rule changed a field that carries the framing.
func (h *Head) touch(k id) {
	if k == idContentLength || k == idTransferEncoding {
		h.framingTouched = true
	}
}
