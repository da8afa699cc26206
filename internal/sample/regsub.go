package sample

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/pattern"
)

// Regexp is a compiled regular expression.
type Regexp = pattern.Regexp

// CompileRegexp compiles an expression (see pattern.CompileRegexp); the error names it.
func CompileRegexp(expr string, fold bool) (Regexp, error) { return pattern.CompileRegexp(expr, fold) }

// ExpandRegexp appends the replacement text repl to dst: \0 to \9 stand for the
// match and its groups in src, \xHH for a byte, any other escaped character for
// itself. loc is what FindSubmatchIndex gave.
func ExpandRegexp(dst, repl, src []byte, loc []int) []byte {
	for i := 0; i < len(repl); i++ {
		ch := repl[i]
		if ch != '\\' || i+1 == len(repl) {
			dst = append(dst, ch)
			continue
		}
		i++
		switch ch = repl[i]; {
		case '0' <= ch && ch <= '9':
			if g := 2 * int(ch-'0'); g+1 < len(loc) && loc[g] >= 0 {
				dst = append(dst, src[loc[g]:loc[g+1]]...)
			}
		case ch == 'x' && i+2 < len(repl) && hexVal(repl[i+1]) >= 0 && hexVal(repl[i+2]) >= 0:
			dst = append(dst, byte(hexVal(repl[i+1])<<4|hexVal(repl[i+2])))
			i += 2
		case ch == 'n':
			dst = append(dst, '\n')
		case ch == 'r':
			dst = append(dst, '\r')
		case ch == 't':
			dst = append(dst, '\t')
		default:
			dst = append(dst, ch)
		}
	}
	return dst
}

// compileRegsub replaces the first match, or all of them with the flag g. A
// value without a match passes without allocating; one with a match costs what
// the regexp package needs to report it.
func compileRegsub(a []Arg, _ *Scope) (Eval, error) {
	fold, global := false, false
	for _, f := range a[2].Text {
		switch f {
		case 'i':
			fold = true
		case 'g':
			global = true
		default:
			return nil, fmt.Errorf("invalid regex flag '%c', only 'i' and 'g' are supported", f)
		}
	}
	re, err := CompileRegexp(a[0].Text, fold)
	if err != nil {
		return nil, err
	}
	repl := []byte(a[1].Text)
	return func(c *Ctx, s *Sample) bool {
		if !re.Match(s.Data) {
			return true
		}
		n := 1
		if global {
			n = -1
		}
		out, end := []byte(nil), 0
		for _, loc := range re.FindAllSubmatchIndex(s.Data, n) {
			out = append(out, s.Data[end:loc[0]]...)
			out = ExpandRegexp(out, repl, s.Data, loc)
			if end = loc[1]; len(out) > MaxData {
				return false
			}
		}
		if len(out)+len(s.Data)-end > MaxData {
			return false
		}
		return s.setStr(append(out, s.Data[end:]...))
	}, nil
}
