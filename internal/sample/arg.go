package sample

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// Arg is one argument of a fetch or a converter, of the kind its row declares.
type Arg struct {
	Text  string // as written, quotes and escapes removed
	Int   int64
	IP    netip.Addr
	Re    *regexp.Regexp
	Set   bool // given and not empty
	Given bool // perhaps empty, but its place in the list is there
}

// grammar is the argument list a row declares, in the notation of the
// reference's keyword lists: "integer,string[,integer]".
type grammar struct {
	kinds []string
	min   int
}

func parseGrammar(s string) grammar {
	var g grammar
	g.min = -1
	for s != "" {
		switch s[0] {
		case '[':
			g.min, s = len(g.kinds), s[1:]
			continue
		case ',', ']':
			s = s[1:]
			continue
		}
		n := strings.IndexAny(s, "[],")
		if n < 0 {
			n = len(s)
		}
		g.kinds, s = append(g.kinds, s[:n]), s[n:]
	}
	if g.min < 0 {
		g.min = len(g.kinds)
	}
	for g.min > 0 && implied(g.kinds[g.min-1]) {
		g.min--
	}
	return g
}

// implied says whether an argument may be left out although the notation does not
// say so: it stands for the section it is used in, or is missed when names are
// looked up.
func implied(kind string) bool {
	return kind == "table" || kind == "backend" || kind == "frontend" || kind == "user list"
}

// parseArgs reads the list in parentheses at the start of s, when there is one,
// and gives what follows it. where is the 1-based position of a faulty argument.
func parseArgs(s string, g grammar) (args []Arg, rest string, where int, err error) {
	args = make([]Arg, len(g.kinds))
	n, open := 0, strings.HasPrefix(s, "(")
	if open {
		s = s[1:]
	}
	for n < len(g.kinds) {
		var text string
		in := s
		if open {
			if text, s, err = parseWord(s); err != nil {
				return nil, s, n + 1, err
			}
		}
		if text == "" && g.kinds[n] != "string" && g.kinds[n] != "regex" {
			if n < g.min {
				return nil, s, n + 1, fmt.Errorf("expected type '%s' at position %d, but got nothing", g.kinds[n], n+1)
			}
			s = in
			break
		}
		if err := args[n].parse(g.kinds[n], text); err != nil {
			return nil, s, n + 1, fmt.Errorf("failed to parse '%s' as type '%s' at position %d", text, g.kinds[n], n+1)
		}
		args[n].Given = open
		n++
		if !open || !strings.HasPrefix(s, ",") {
			break
		}
		if n == len(g.kinds) {
			break
		}
		s = s[1:]
	}
	if n < g.min {
		return nil, s, n + 1, fmt.Errorf("missing arguments (got %d/%d), type '%s' expected", n, g.min, g.kinds[n])
	}
	if open {
		if s == "" {
			return nil, s, max(n, 1), fmt.Errorf("expected ')'")
		}
		if s[0] != ')' {
			return nil, s, max(n, 1), fmt.Errorf("expected ')' before '%s'", s)
		}
		s = s[1:]
	}
	return args, s, 0, nil
}

// parseWord reads one argument up to an unquoted comma or closing parenthesis.
func parseWord(s string) (text, rest string, err error) {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		ch := s[i]
		switch {
		case quote != 0 && ch == quote:
			quote = 0
		case quote != '\'' && ch == '\\' && i+1 < len(s) && escape(s[i+1]) != 0:
			i++
			b.WriteByte(escape(s[i]))
		case quote != 0:
			b.WriteByte(ch)
		case ch == '"' || ch == '\'':
			quote = ch
		case ch == ',' || ch == ')':
			return b.String(), s[i:], nil
		default:
			b.WriteByte(ch)
		}
	}
	if quote != 0 {
		return "", "", fmt.Errorf("expected ')'")
	}
	return b.String(), "", nil
}

// escape returns what a backslash before c stands for, 0 when it stays: regsub
// and friends have their own use for backslashes (manual 2.2).
func escape(c byte) byte {
	switch c {
	case '"', '\\', '\'', ' ':
		return c
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

func (a *Arg) parse(kind, text string) (err error) {
	a.Text, a.Set = text, text != ""
	bad := fmt.Errorf("bad %s", kind)
	switch kind {
	case "integer":
		t := strings.TrimPrefix(text, "+")
		v, n := leadingInt([]byte(t))
		if n != len(t) || t == "-" || t == "" {
			return bad
		}
		a.Int = v
	case fieldNumber:
		if _, ok := fieldPath(text); !ok {
			return bad
		}
	case "IPv4 address":
		ip, ok := parse4([]byte(text))
		if !ok {
			return bad
		}
		a.IP = ip
	case "IPv6 address":
		ip, ok := parse6([]byte(text))
		if !ok {
			return bad
		}
		a.IP = ip
	case "IPv4 mask":
		if n, err := strconv.Atoi(text); err == nil && 0 <= n && n <= 32 {
			a.IP = netip.AddrFrom4(maskOf[[4]byte](n))
			return nil
		}
		if a.IP, _ = parse4([]byte(text)); !a.IP.IsValid() {
			return bad
		}
	case "IPv6 mask":
		if n, err := strconv.Atoi(text); err == nil && 0 <= n && n <= 128 {
			a.IP = netip.AddrFrom16(maskOf[[16]byte](n))
			return nil
		}
		ip, ok := parse6([]byte(text))
		if !ok {
			return bad
		}
		a.IP = ip
	}
	return nil
}

func maskOf[T [4]byte | [16]byte](n int) (m T) {
	for i := range len(m) * 8 {
		if i < n {
			m[i/8] |= 0x80 >> (i % 8)
		}
	}
	return m
}
