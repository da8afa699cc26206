package pattern

import (
	"errors"
	"fmt"
	"strings"
)

// maxLine bounds a line of a file, in bytes.
const maxLine = 65536

// ReadFile appends the lines of a file: leading blanks are dropped, empty lines and
// lines that begin with '#' ignored (manual 7.1). In a map the key ends at the first
// blank and the rest is the value.
func (r *Reference) ReadFile(data []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fill(r.current.Load(), data)
}

// Reload reads the file anew. What swap makes visible all at once is what it holds.
func (r *Reference) Reload(data []byte) (swap func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := newGeneration(0, r.views)
	if err := r.fill(g, data); err != nil {
		return nil, err
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		g.version = r.current.Load().version
		r.publish(g)
	}, nil
}

func (r *Reference) fill(g *generation, data []byte) error {
	for _, x := range g.indexes {
		x.spans.gather()
		defer x.spans.build()
	}
	text := string(data) // keys and values are parts of this one
	for n := int32(1); len(text) > 0; n++ {
		line := text
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		key, value, ok, err := ParseLine(line, r.Map)
		if err == nil && ok {
			err = r.append(g, key, value, n, opNone)
		}
		if err != nil {
			return fmt.Errorf("%w at line %d of file '%s'", err, n, r.Name)
		}
	}
	return nil
}

// ParseLine takes a line of a list or a map apart; not ok: there is nothing on it.
func ParseLine(line string, isMap bool) (key, value string, ok bool, err error) {
	line = strings.TrimRight(line, "\r")
	if line == "" || line[0] == '#' {
		return "", "", false, nil
	}
	switch {
	case len(line) > maxLine:
		return "", "", false, errors.New("the line is too long")
	case strings.IndexByte(line, 0) >= 0:
		return "", "", false, errors.New("NUL characters are not allowed")
	}
	if line = strings.TrimLeft(line, " \t"); line == "" {
		return "", "", false, nil
	}
	if !isMap {
		return line, "", true, nil
	}
	key = line
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		key, value = line[:i], strings.Trim(line[i:], " \t")
	}
	return key, value, true, nil
}
