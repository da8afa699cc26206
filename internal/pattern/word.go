package pattern

import (
	"bytes"
	"slices"
)

// words is a set of byte strings, compared as they are or without regard to the
// case of ASCII letters; then the members are stored in lower case.
type words struct {
	fold    bool
	list    []string            // sorted as the method needs it
	exact   map[string]struct{} // str and bin
	longest int
}

func (w *words) add(s string) {
	w.list = append(w.list, s)
	w.longest = max(w.longest, len(s))
}

func (w *words) finish(m Method) {
	switch m {
	case Str, Bin:
		w.exact = make(map[string]struct{}, len(w.list))
		for _, s := range w.list {
			w.exact[s] = struct{}{}
		}
		w.list = nil
	case Beg:
		slices.Sort(w.list)
		w.list = reduce(w.list, func(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix })
	case End:
		slices.SortFunc(w.list, reverseCompare)
		w.list = reduce(w.list, func(s, suffix string) bool {
			return len(s) >= len(suffix) && s[len(s)-len(suffix):] == suffix
		})
	default:
		slices.Sort(w.list)
		w.list = slices.Compact(w.list)
	}
}

// reduce drops every member that a kept member before it already covers. In
// what is left, the only member that can be a prefix of a value is the greatest
// one not above the value: one binary search decides.
func reduce(sorted []string, covered func(s, by string) bool) []string {
	out := sorted[:0]
	for _, s := range sorted {
		if n := len(out); n > 0 && covered(s, out[n-1]) {
			continue
		}
		out = append(out, s)
	}
	return slices.Clip(out)
}

func reverseCompare(a, b string) int {
	for i, j := len(a), len(b); ; {
		if i == 0 || j == 0 {
			return i - j
		}
		i, j = i-1, j-1
		if a[i] != b[j] {
			return int(a[i]) - int(b[j])
		}
	}
}

func (w *words) match(m Method, b []byte) bool {
	switch m {
	case Str, Bin:
		return w.has(b)
	case Beg:
		return w.hasPrefix(b)
	case End:
		return w.hasSuffix(b)
	case Sub:
		for _, s := range w.list {
			if w.contains(b, s) {
				return true
			}
		}
	case Dir, Dom:
		for _, s := range w.list {
			if s != "" && w.part(b, s, delimiters[m]) {
				return true
			}
		}
	}
	return false
}

func (w *words) has(b []byte) bool {
	if len(w.exact) == 0 || len(b) > w.longest {
		return false
	}
	if !w.fold {
		_, ok := w.exact[string(b)]
		return ok
	}
	var room [256]byte
	if len(b) > len(room) {
		for s := range w.exact {
			if len(s) == len(b) && w.equal(b, s) {
				return true
			}
		}
		return false
	}
	for i, ch := range b {
		room[i] = lower(ch)
	}
	_, ok := w.exact[string(room[:len(b)])]
	return ok
}

func (w *words) hasPrefix(b []byte) bool {
	lo, hi := 0, len(w.list)
	for lo < hi { // the first member above b
		mid := int(uint(lo+hi) >> 1)
		if w.compare(w.list[mid], b) > 0 {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	if lo == 0 {
		return false
	}
	s := w.list[lo-1]
	return len(b) >= len(s) && w.equal(b[:len(s)], s)
}

// compare orders member s against value b.
func (w *words) compare(s string, b []byte) int {
	n := min(len(s), len(b))
	for i := range n {
		if ch := w.at(b[i]); s[i] != ch {
			return int(s[i]) - int(ch)
		}
	}
	return len(s) - len(b)
}

func (w *words) hasSuffix(b []byte) bool {
	lo, hi := 0, len(w.list)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if w.compareEnd(w.list[mid], b) > 0 {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	if lo == 0 {
		return false
	}
	s := w.list[lo-1]
	return len(b) >= len(s) && w.equal(b[len(b)-len(s):], s)
}

func (w *words) compareEnd(s string, b []byte) int {
	for i, j := len(s), len(b); ; {
		if i == 0 || j == 0 {
			return i - j
		}
		i, j = i-1, j-1
		if ch := w.at(b[j]); s[i] != ch {
			return int(s[i]) - int(ch)
		}
	}
}

func (w *words) at(ch byte) byte {
	if w.fold {
		return lower(ch)
	}
	return ch
}

// equal compares value b with member s of the same length.
func (w *words) equal(b []byte, s string) bool {
	if !w.fold {
		return string(b) == s
	}
	for i, ch := range b {
		if lower(ch) != s[i] {
			return false
		}
	}
	return true
}

func (w *words) contains(b []byte, s string) bool {
	return w.index(b, s) >= 0
}

func (w *words) index(b []byte, s string) int {
	if s == "" {
		return 0
	}
	for i := 0; i+len(s) <= len(b); i++ {
		if !w.fold { // let the library skip ahead to the next candidate
			j := bytes.IndexByte(b[i:len(b)-len(s)+1], s[0])
			if j < 0 {
				return -1
			}
			i += j
		}
		if w.equal(b[i:i+len(s)], s) {
			return i
		}
	}
	return -1
}

// delimiters end the parts that dir and dom compare.
var delimiters = [methods]string{Dir: "/?", Dom: "/?.:"}

// part looks for s in b between delimiters.
func (w *words) part(b []byte, s, delims string) bool {
	for at := 0; ; {
		i := w.index(b[at:], s)
		if i < 0 {
			return false
		}
		i += at
		if (i == 0 || delimiter(b[i-1], delims)) && (i+len(s) == len(b) || delimiter(b[i+len(s)], delims)) {
			return true
		}
		at = i + 1
	}
}

func delimiter(ch byte, set string) bool {
	for i := range len(set) {
		if set[i] == ch {
			return true
		}
	}
	return false
}

func lower(ch byte) byte {
	if 'A' <= ch && ch <= 'Z' {
		ch += 'a' - 'A'
	}
	return ch
}

func foldString(s string) string {
	b := []byte(s)
	for i, ch := range b {
		b[i] = lower(ch)
	}
	return string(b)
}
