package pattern

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Builder collects the patterns of a set.
type Builder struct {
	set Set
	op  operator
}

// NewBuilder starts a set for one method.
func NewBuilder(m Method) *Builder {
	b := &Builder{set: Set{method: m}}
	b.set.folded.fold = true
	return b
}

// Add adds one pattern as it is written in a rule; fold ignores the case of
// letters. For numbers it may also be an operator (eq, ge, gt, le, lt) for the
// ones that follow. The error is in the reference's words.
func (b *Builder) Add(pattern string, fold bool) error {
	if b.set.method == Int || b.set.method == Len {
		if op, ok := parseOperator(pattern); ok {
			b.op = op
			return nil
		}
	}
	b.set.size++
	switch b.set.method {
	case Found, Bool:
		return nil // nothing to compare with
	case Int, Len:
		r, err := parseRange(pattern, b.op)
		if err == nil {
			b.set.numbers.add(r)
		}
		return err
	case IP:
		return b.set.networks.add(pattern)
	case Reg:
		return b.addRegexp(pattern, fold)
	case Bin:
		v, err := parseHex(pattern)
		if err == nil {
			b.set.plain.add(string(v))
		}
		return err
	}
	if b.set.method == Dir || b.set.method == Dom {
		pattern = strings.Trim(pattern, delimiters[b.set.method])
	}
	if fold {
		b.set.folded.add(foldString(pattern))
	} else {
		b.set.plain.add(pattern)
	}
	return nil
}

func (b *Builder) addRegexp(pattern string, fold bool) error {
	re, err := regexp.Compile(pattern)
	if err == nil && fold {
		re, err = regexp.Compile("(?i:" + pattern + ")")
	}
	if err != nil {
		return fmt.Errorf("regex '%s' is invalid (error=%s)", pattern, regexpFault(err))
	}
	b.set.regexps = append(b.set.regexps, re)
	return nil
}

// regexpFault leaves out the words Go puts before each fault.
func regexpFault(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

func parseHex(s string) ([]byte, error) {
	if i := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }); i >= 0 {
		return nil, fmt.Errorf("an hex digit is expected (found '%c')", s[i])
	}
	v, err := hex.DecodeString(s)
	if err != nil {
		return nil, errors.New("an even number of hex digit is expected")
	}
	return v, nil
}

// AddFile adds the lines of a file: leading blanks are dropped, empty lines and
// lines that begin with '#' ignored (manual 7.1). name is for errors.
func (b *Builder) AddFile(name string, data []byte, fold bool) error {
	for n := 1; len(data) > 0; n++ {
		line := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line, data = data[:i], data[i+1:]
		} else {
			data = nil
		}
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if line = bytes.TrimLeft(line, " \t"); len(line) == 0 {
			continue
		}
		if err := b.Add(string(line), fold); err != nil {
			return fmt.Errorf("%w at line %d of file '%s'", err, n, name)
		}
	}
	return nil
}

// Operator says whether a comparison operator is in force.
func (b *Builder) Operator() bool { return b.op != opNone }

// Build finishes the set. The builder must not be used afterwards.
func (b *Builder) Build() *Set {
	b.set.plain.finish(b.set.method)
	b.set.folded.finish(b.set.method)
	b.set.numbers.finish()
	b.set.networks.finish()
	return &b.set
}
