package sample

import "errors"

// byteSet is a set of delimiters.
type byteSet [4]uint64

func newByteSet(s string) (b byteSet) {
	for i := range len(s) {
		b[s[i]>>6] |= 1 << (s[i] & 63)
	}
	return b
}

func (b *byteSet) has(c byte) bool { return b[c>>6]>>(c&63)&1 != 0 }

// compileField and compileWord pick parts between delimiters, counted from the
// left or, with a negative index, from the right; count 0 takes all that is
// left in that direction. field() knows empty parts, word() skips them.

func compileField(a []Arg, _ *Scope) (Eval, error) { return compilePart(a, fieldAt) }
func compileWord(a []Arg, _ *Scope) (Eval, error)  { return compilePart(a, wordAt) }

type partAt func(b []byte, d *byteSet, index, count int64) ([]byte, bool)

func compilePart(a []Arg, at partAt) (Eval, error) {
	if a[0].Int == 0 {
		return nil, errors.New("Unexpected value 0 for index")
	}
	if a[1].Text == "" {
		return nil, errors.New("Empty separators list")
	}
	index, count := a[0].Int, int64(1)
	if a[2].Set {
		count = a[2].Int
	}
	set := newByteSet(a[1].Text)
	return func(_ *Ctx, s *Sample) bool {
		part, ok := at(s.Data, &set, index, count)
		return ok && s.setStr(part)
	}, nil
}

func fieldAt(b []byte, d *byteSet, index, count int64) ([]byte, bool) {
	if index > 0 {
		start, i := 0, 0
		for n := int64(1); n < index; n++ {
			for i < len(b) && !d.has(b[i]) {
				i++
			}
			if i == len(b) {
				return nil, false
			}
			i++
			start = i
		}
		if count <= 0 {
			return b[start:], true
		}
		for n := count; ; i++ {
			if i == len(b) {
				return b[start:], true
			}
			if d.has(b[i]) {
				if n--; n == 0 {
					return b[start:i], true
				}
			}
		}
	}
	end, i := len(b), len(b)
	for n := int64(-1); n > index; n-- {
		for i > 0 && !d.has(b[i-1]) {
			i--
		}
		if i == 0 {
			return nil, false
		}
		i--
		end = i
	}
	if count <= 0 {
		return b[:end], true
	}
	for n := count; ; i-- {
		if i == 0 {
			return b[:end], true
		}
		if d.has(b[i-1]) {
			if n--; n == 0 {
				return b[i:end], true
			}
		}
	}
}

func wordAt(b []byte, d *byteSet, index, count int64) ([]byte, bool) {
	if index > 0 {
		i := 0
		for n := int64(1); ; n++ {
			for i < len(b) && d.has(b[i]) {
				i++
			}
			if i == len(b) {
				return nil, false
			}
			if n == index {
				break
			}
			for i < len(b) && !d.has(b[i]) {
				i++
			}
		}
		start, end := i, i
		if count <= 0 {
			return b[start:], true
		}
		for n := int64(0); n < count; n++ {
			for i < len(b) && d.has(b[i]) {
				i++
			}
			if i == len(b) {
				return b[start:], true // the delimiters that follow stay
			}
			for i < len(b) && !d.has(b[i]) {
				i++
			}
			end = i
		}
		return b[start:end], true
	}
	i := len(b)
	for n := int64(-1); ; n-- {
		for i > 0 && d.has(b[i-1]) {
			i--
		}
		if i == 0 {
			return nil, false
		}
		if n == index {
			break
		}
		for i > 0 && !d.has(b[i-1]) {
			i--
		}
	}
	start, end := i, i
	if count <= 0 {
		return b[:end], true
	}
	for n := int64(0); n < count; n++ {
		for i > 0 && d.has(b[i-1]) {
			i--
		}
		if i == 0 {
			return b[:end], true
		}
		for i > 0 && !d.has(b[i-1]) {
			i--
		}
		start = i
	}
	return b[start:end], true
}
