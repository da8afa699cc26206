package rule

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// normalizer rewrites a target, of which path is where the path begins, into one of
// its normal forms. It appends to b; false: the target is broken, and the normalizer
// strict.
type normalizer func(b, target []byte, path int) ([]byte, bool)

// normalizers are those of "normalize-uri" (manual 4.4), with the word that may follow
// and what it then is; nil: no word may.
var normalizers = []struct {
	name, word     string
	plain, withArg normalizer
}{
	{name: "fragment-encode", plain: encodeFragment},
	{name: "fragment-strip", plain: stripFragment},
	{name: "path-merge-slashes", plain: ofPath(mergeSlashes)},
	{name: "path-strip-dot", plain: ofPath(stripDot)},
	{name: "path-strip-dotdot", word: "full", plain: ofPath(stripDotdot(false)), withArg: ofPath(stripDotdot(true))},
	{name: "percent-decode-unreserved", word: "strict", plain: decodeUnreserved(false), withArg: decodeUnreserved(true)},
	{name: "percent-to-uppercase", word: "strict", plain: upperPercent(false), withArg: upperPercent(true)},
	{name: "query-sort-by-name", plain: sortQuery},
}

func parseNormalizeURI(p *actionParser, words []string) (Action, []string, error) {
	if isCond(words) {
		return nil, nil, errors.New("missing argument <normalizer>")
	}
	for _, n := range normalizers {
		if n.name != words[0] {
			continue
		}
		rest := words[1:]
		switch {
		case n.withArg == nil || isCond(rest):
			return &normalizeURI{n.plain}, rest, nil
		case rest[0] == n.word:
			return &normalizeURI{n.withArg}, rest[1:], nil
		}
		return nil, nil, fmt.Errorf("unknown argument '%s' for '%s' normalizer", rest[0], n.name)
	}
	return nil, nil, fmt.Errorf("unknown normalizer '%s'", words[0])
}

// normalizeURI is normalize-uri.
type normalizeURI struct{ normal normalizer }

func (a *normalizeURI) Do(c *sample.Ctx, r *Result) Verdict {
	h := c.Req
	if h == nil {
		return Continue
	}
	t := h.Target()
	start := pathStart(t)
	if start == len(t) && !bytes.Contains(t, []byte{'%'}) { // "*", an authority
		return Continue
	}
	b, ok := a.normal(c.Out[:0], t, start)
	if c.Out = b; !ok {
		r.Reply = badTarget
		return Deny
	}
	if bytes.Equal(b, t) {
		return Continue
	}
	if !fits(c, h, len(b)) {
		return r.unfit()
	}
	h.SetTarget(b)
	return Continue
}

var badTarget = &Reply{Status: 400, ErrorPage: true}

func encodeFragment(b, t []byte, _ int) ([]byte, bool) {
	for _, c := range t {
		if c == '#' {
			b = append(b, "%23"...)
		} else {
			b = append(b, c)
		}
	}
	return b, true
}

func stripFragment(b, t []byte, _ int) ([]byte, bool) {
	if i := bytes.IndexByte(t, '#'); i >= 0 {
		t = t[:i]
	}
	return append(b, t...), true
}

// ofPath is a normalizer that leaves everything but the path alone.
func ofPath(f func(b, path []byte) []byte) normalizer {
	return func(b, t []byte, start int) ([]byte, bool) {
		end := len(t)
		if i := bytes.IndexByte(t[start:], '?'); i >= 0 {
			end = start + i
		}
		b = f(append(b, t[:start]...), t[start:end])
		return append(b, t[end:]...), true
	}
}

func mergeSlashes(b, path []byte) []byte {
	for i, c := range path {
		if c != '/' || i == 0 || path[i-1] != '/' {
			b = append(b, c)
		}
	}
	return b
}

// stripDot leaves the segments "." out.
func stripDot(b, path []byte) []byte {
	for len(path) > 0 {
		switch {
		case bytes.HasPrefix(path, []byte("/./")):
			path = path[2:]
			continue
		case string(path) == "/.":
			return append(b, '/')
		}
		n := segment(path)
		b, path = append(b, path[:n]...), path[n:]
	}
	return b
}

// segment is how long the first segment is, with the slash before it.
func segment(path []byte) int {
	if i := bytes.IndexByte(path[1:], '/'); i >= 0 {
		return i + 1
	}
	return len(path)
}

// stripDotdot merges the segments ".." with those before them. What would lead out of
// the root stays, unless full.
func stripDotdot(full bool) func(b, path []byte) []byte {
	return func(b, path []byte) []byte {
		root := len(b)
		kept := root // before it are segments ".." that stay
		for len(path) > 0 {
			n := segment(path)
			if path[0] != '/' || string(path[:n]) != "/.." {
				b, path = append(b, path[:n]...), path[n:]
				continue
			}
			last := n == len(path)
			switch {
			case len(b) > kept:
				b = b[:kept+bytes.LastIndexByte(b[kept:], '/')]
			case !full:
				b = append(b, "/.."...)
				kept = len(b)
				last = false
			}
			if path = path[n:]; last {
				b = append(b, '/')
			}
		}
		return b
	}
}

// percents calls each for every sequence of a percent sign with two digits, which
// appends what takes its place. Other percent signs stay, unless strict.
func percents(strict bool, each func(b []byte, hex []byte, value byte) []byte) normalizer {
	return func(b, t []byte, _ int) ([]byte, bool) {
		for i := 0; i < len(t); i++ {
			if t[i] != '%' {
				b = append(b, t[i])
				continue
			}
			if i+2 >= len(t) || !isHex(t[i+1]) || !isHex(t[i+2]) {
				if strict {
					return b, false
				}
				b = append(b, '%')
				continue
			}
			b = each(b, t[i:i+3], unhex(t[i+1])<<4|unhex(t[i+2]))
			i += 2
		}
		return b, true
	}
}

func decodeUnreserved(strict bool) normalizer {
	return percents(strict, func(b, hex []byte, value byte) []byte {
		if unreserved(value) {
			return append(b, value)
		}
		return append(b, hex...)
	})
}

func upperPercent(strict bool) normalizer {
	return percents(strict, func(b, hex []byte, _ byte) []byte { return append(b, bytes.ToUpper(hex)...) })
}

// unreserved characters mean the same whether they are encoded or not (RFC 3986 2.3).
func unreserved(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// sortQuery sorts parameters by name; those of one name stay in their order.
func sortQuery(b, t []byte, _ int) ([]byte, bool) {
	i := bytes.IndexByte(t, '?')
	if i < 0 {
		return append(b, t...), true
	}
	params := bytes.Split(t[i+1:], []byte{'&'})
	slices.SortStableFunc(params, func(a, b []byte) int { return bytes.Compare(name(a), name(b)) })
	b = append(b, t[:i+1]...)
	for i, p := range params {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, p...)
	}
	return b, true
}

func name(param []byte) []byte {
	if i := bytes.IndexByte(param, '='); i >= 0 {
		return param[:i]
	}
	return param
}
