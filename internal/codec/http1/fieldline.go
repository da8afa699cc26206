package http1

// fieldLines goes on with the field lines, at most most of them, and tells whether the head is complete.
func (h *Head) fieldLines(b []byte, most int) bool {
	s := &h.scan
	i := s.seen
	line, mark := s.line, s.mark
	for {
		seen := uint8(cUpper) // what the name's bytes have in common; unknown when resuming in the middle of it
		if s.state == atName {
			if i == line {
				if i == len(b) {
					break
				}
				if c := b[i]; c == '\r' || c == '\n' {
					next := s.lineEnd(b, i)
					if next == 0 {
						break
					}
					s.state, s.end = atEnd, next
					return true
				}
				seen = 0
			}
			for i < len(b) {
				k := class[b[i]]
				if k&cToken == 0 && !s.inOddName(b[i]) {
					break
				}
				seen |= k
				i++
			}
			if i == len(b) {
				break
			}
			if b[i] != ':' || i == line || i-line > maxName {
				s.fail(400, i, nameFault(b, line, i))
				return false
			}
			mark = i
			i++
			s.state = atValue
		}

		// The end of the line is where the next line does not start with white space.
		var next int
		for {
			i = lineByte(b, i)
			if i == len(b) {
				break
			}
			next = i + 1
			if b[i] != '\n' {
				if b[i] == 0 {
					if s.lax {
						s.odd = true
						i++
						continue
					}
					s.fail(400, i, "NUL in field value")
					return false
				}
				if next == len(b) {
					break
				}
				if b[next] != '\n' {
					s.fail(400, i, "CR without LF")
					return false
				}
				next++
			}
			if next == len(b) || !isBlank(b[next]) {
				break
			}
			s.folded = true
			i = next + 1
		}
		if i == len(b) || next == len(b) {
			break
		}
		if len(h.fields) >= most {
			s.fail(400, line, "too many fields")
			return false
		}
		if s.oddName {
			if !s.dropLine(b, line, mark) {
				return false
			}
		} else if !h.addLine(b, line, mark, i, seen) {
			return false
		}
		line, i = next, next
		s.state = atName
	}
	s.line, s.mark, s.seen = line, mark, i
	return false
}

func nameFault(b []byte, line, i int) string {
	switch {
	case i-line > maxName:
		return "field name too long"
	case i == line && b[i] == ':':
		return "empty field name"
	case i == line && isBlank(b[i]):
		return "folded line without a field"
	case isBlank(b[i]):
		return "white space after field name"
	case b[i] == '\r' || b[i] == '\n':
		return "field without colon"
	}
	return "invalid character in field name"
}

// addLine takes the field whose name is b[line:colon] and whose value ends before b[end], and looks at it if it matters here.
func (h *Head) addLine(b []byte, line, colon, end int, seen uint8) bool {
	vs, ve := colon+1, end
	for vs < ve && isBlank(b[vs]) {
		vs++
	}
	for vs < ve && isBlank(b[ve-1]) {
		ve--
	}
	// Written in place, member by member: building it on the stack and copying it costs a stall on every field.
	n := len(h.fields)
	if n < cap(h.fields) {
		h.fields = h.fields[:n+1]
	} else {
		h.fields = append(h.fields, field{})
	}
	f := &h.fields[n]
	k := lookupIDFold(b[line:colon])
	f.name, f.nameLen = uint32(line), uint8(colon-line)
	f.value, f.valueLen = uint32(vs), uint32(ve-vs)
	f.id, f.flags = k, 0
	if seen&cUpper == 0 {
		f.flags = fLower
	}
	if h.scan.folded {
		h.scan.folded = false
		// RFC 9112 §5.2: each line end becomes spaces. The reference writes one for each of CR and LF.
		v := h.store(b[vs:ve])
		w := trim(h.bytes(v))
		v = h.within(v, w)
		f.value, f.valueLen = v.off, v.n
	} else if vs == colon+2 && b[colon+1] == ' ' && ve == end && b[end] == '\r' {
		f.flags |= fVerbatim
	}
	return k == idOther || k > idLastOwn || h.note(n)
}

// within returns the span of w, a piece of the arena's span s.
func (h *Head) within(s span, w []byte) span {
	all := h.bytes(s)
	lead := 0
	for lead < len(all) && isBlank(all[lead]) {
		lead++
	}
	return span{s.off + uint32(lead), uint32(len(w))}
}
