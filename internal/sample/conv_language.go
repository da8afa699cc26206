package sample

import (
	"bytes"
	"strings"
)

// compileLanguage picks from an Accept-Language value the known language of the
// highest quality (manual 7.3.1, language; RFC 9110 12.5.4). A range that is not
// known counts for its part before the dash.
func compileLanguage(a []Arg, _ *Scope) (Eval, error) {
	var known [][]byte
	for _, l := range strings.Split(a[0].Text, ";") {
		if l != "" {
			known = append(known, []byte(l))
		}
	}
	fallback := []byte(a[1].Text)
	find := func(tag []byte) []byte {
		for _, l := range known {
			if bytes.Equal(l, tag) {
				return l
			}
		}
		return nil
	}
	return func(_ *Ctx, s *Sample) bool {
		var best []byte
		bestQ := 0
		for rest := s.Data; len(rest) > 0 && bestQ < 1000; {
			var item []byte
			item, rest, _ = bytes.Cut(rest, comma)
			tag, params, _ := bytes.Cut(item, semicolon)
			q := quality(params)
			if q <= bestQ {
				continue
			}
			tag = bytes.Trim(tag, " \t")
			l := find(tag)
			if i := bytes.IndexByte(tag, '-'); l == nil && i >= 0 {
				l = find(tag[:i])
			}
			if l != nil {
				best, bestQ = l, q
			}
		}
		switch {
		case best != nil:
			return s.setStr(best)
		case len(fallback) > 0:
			return s.setStr(fallback)
		}
		return false
	}, nil
}

var comma, semicolon = []byte{','}, []byte{';'}

// quality reads the "q=0.5" behind a language in thousandths. Without one, or
// with one that is no number, the language has the quality 1.
func quality(params []byte) int {
	p := bytes.TrimLeft(params, " \t")
	if len(p) < 1 || p[0] != 'q' {
		return 1000
	}
	if p = bytes.TrimLeft(p[1:], " \t"); len(p) < 1 || p[0] != '=' {
		return 1000
	}
	p = bytes.TrimLeft(p[1:], " \t")
	if len(p) == 0 || p[0] < '0' || p[0] > '9' {
		return 1000
	}
	q := int(p[0]-'0') * 1000
	if len(p) > 1 && p[1] == '.' {
		for i, unit := 2, 100; i < len(p) && '0' <= p[i] && p[i] <= '9'; i++ {
			q, unit = q+int(p[i]-'0')*unit, unit/10
		}
	}
	return min(q, 1000)
}
