package http1

// lineCost is what a field takes beside its name and value.
const lineCost = len(": \r\n")

// leave notes that a piece is no part of the head any more.
func (h *Head) leave(s span) {
	if s.off&inExtra != 0 {
		h.stale += int(s.n)
	} else {
		h.less += int(s.n)
	}
}

// minStale is how much of the arena may be stale before it is worth a thought.
const minStale = 8 << 10

// tidy forgets what is stale when it is more than the rest, so that rules which write a field again and again take no more memory
// than what they leave. What was handed out before stays what it was: the old arena is left alone.
func (h *Head) tidy() {
	if h.stale < minStale || 2*h.stale < len(h.extra) {
		return
	}
	fresh := make([]byte, 0, len(h.extra)-h.stale+minStale)
	move := func(s span) span {
		if s.off&inExtra == 0 {
			return s
		}
		at := len(fresh)
		fresh = append(fresh, h.bytes(s)...)
		return span{uint32(at) | inExtra, s.n}
	}
	h.method, h.target, h.reason, h.version = move(h.method), move(h.target), move(h.reason), move(h.version)
	for i := range h.fields {
		f := &h.fields[i]
		if f.flags&fDeleted != 0 {
			*f = field{flags: f.flags, id: f.id}
			continue
		}
		f.name = move(span{f.name, uint32(f.nameLen)}).off
		f.value = move(span{f.value, f.valueLen}).off
	}
	h.extra, h.stale = fresh, 0
}
