package http1

import "strconv"

// Append writes the message to dst: the start line (HTTP/1.0 stays HTTP/1.0, as the reference has it, and so does a protocol of
// another name; all else is HTTP/1.1), every
// field that is left with its name in lower case, and the empty line. It returns the extended slice and does not allocate when Size bytes of capacity are left.
//
// If rules added, changed or removed Content-Length or Transfer-Encoding fields, these are written as the framing has it (ContentLength,
// Chunked; SetFraming changes it) and not as the rules put it: nobody behind can be made to see another end of the message than the proxy.
func (h *Head) Append(dst []byte) []byte {
	if h.response {
		dst = h.appendVersion(dst)
		if h.Status < 1000 {
			dst = append(dst, ' ', byte('0'+h.Status/100%10), byte('0'+h.Status/10%10), byte('0'+h.Status%10), ' ')
		} else {
			dst = append(strconv.AppendInt(append(dst, ' '), int64(h.Status), 10), ' ')
		}
		if h.reason.n > 0 {
			dst = append(dst, h.bytes(h.reason)...)
		} else {
			dst = append(dst, StatusText(h.Status)...)
		}
		dst = append(dst, '\r', '\n')
	} else {
		dst = append(dst, h.bytes(h.method)...)
		dst = append(dst, ' ')
		dst = append(dst, h.bytes(h.target)...)
		dst = append(dst, ' ')
		dst = h.appendVersion(dst)
		dst = append(dst, '\r', '\n')
	}
	for i := 0; i < len(h.fields); i++ {
		f := &h.fields[i]
		switch {
		case f.flags&fDeleted != 0:
		case h.framingTouched && (f.id == idContentLength || f.id == idTransferEncoding):
		case f.flags&fVerbatim != 0:
			dst, i = h.appendRun(dst, i)
		default:
			at := len(dst)
			dst = append(dst, h.name(f)...)
			if f.flags&fLower == 0 {
				lower(dst[at:])
			}
			dst = append(dst, ':', ' ')
			dst = append(dst, h.value(f)...)
			dst = append(dst, '\r', '\n')
		}
	}
	if h.framingTouched {
		switch {
		case h.Chunked:
			dst = append(dst, "transfer-encoding: chunked\r\n"...)
		case h.ContentLength >= 0:
			dst = append(dst, "content-length: "...)
			dst = strconv.AppendInt(dst, h.ContentLength, 10)
			dst = append(dst, '\r', '\n')
		}
	}
	return append(dst, '\r', '\n')
}

func (h *Head) appendVersion(dst []byte) []byte {
	if h.version.n > 0 {
		return append(dst, h.bytes(h.version)...)
	}
	if h.Minor == 0 && !(h.response && h.Chunked) { // chunks came with HTTP/1.1
		return append(dst, "HTTP/1.0"...)
	}
	return append(dst, "HTTP/1.1"...)
}

// appendRun writes field i and the following ones as long as their lines stand side by side in buf in the form they are to be written in:
// one copy, then the names are put in lower case in place. It returns the index of the last field written.
func (h *Head) appendRun(dst []byte, i int) ([]byte, int) {
	first := i
	from := h.fields[i].name
	next := h.fields[i].value + h.fields[i].valueLen + 2
	for i+1 < len(h.fields) {
		f := &h.fields[i+1]
		if f.flags&(fVerbatim|fDeleted) != fVerbatim || f.name != next ||
			h.framingTouched && (f.id == idContentLength || f.id == idTransferEncoding) {
			break
		}
		next = f.value + f.valueLen + 2
		i++
	}
	at := len(dst)
	dst = append(dst, h.buf[from:next]...)
	for j := first; j <= i; j++ {
		if f := &h.fields[j]; f.flags&fLower == 0 {
			o := at + int(f.name-from)
			lower(dst[o : o+int(f.nameLen)])
		}
	}
	return dst, i
}

// Size returns an upper bound of what Append writes.
func (h *Head) Size() int {
	const slack = 128 // version, status, the longest usual reason, separators, framing fields
	n := slack + int(h.version.n) + int(h.method.n) + int(h.target.n) + int(h.reason.n)
	for i := range h.fields {
		if f := &h.fields[i]; f.flags&fDeleted == 0 {
			n += int(f.nameLen) + int(f.valueLen) + 4
		}
	}
	return n
}
