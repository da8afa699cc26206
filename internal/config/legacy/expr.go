package legacy

import (
	"regexp/syntax"
	"strings"
)

// The old req and rsp rules matched regular expressions against whole lines of
// a message, its first line included. These functions tell from an expression
// which kind of line it is about, and take it apart.

// headerOf takes "^Name:rest" apart. rest is the expression for the field's
// value, without what matches the blanks before it.
func headerOf(expr string) (name, rest string, ok bool) {
	s, found := strings.CutPrefix(expr, "^")
	if !found {
		return "", "", false
	}
	i := strings.IndexByte(s, ':')
	if i < 0 {
		return "", "", false
	}
	name, ok = plainName(s[:i])
	if !ok {
		return "", "", false
	}
	rest = s[i+1:]
	for _, blank := range []string{"[ \t]*", `[ \t]*`, `[ ]*`, `[[:space:]]*`, `\s*`, `\s+`, `\s`, " *", " +", " "} {
		if after, cut := strings.CutPrefix(rest, blank); cut {
			// What the blanks could give back to the expression is none of the value.
			if after == "" || !strings.HasPrefix(after, "?") && !strings.HasPrefix(after, "*") && !strings.HasPrefix(after, "+") && !strings.HasPrefix(after, "{") {
				return name, after, true
			}
		}
	}
	return name, rest, true
}

// plainName returns the field's name that an expression matches and nothing
// else: "\-" stands for itself.
func plainName(s string) (string, bool) {
	s = strings.ReplaceAll(s, `\-`, "-")
	if s == "" {
		return "", false
	}
	for i := range len(s) {
		if c := s[i]; !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '-' || c == '_') {
			return "", false
		}
	}
	return s, true
}

// requestLine takes an expression for a request line apart at its spaces:
// method, target and, in three parts, version. It must be anchored.
func requestLine(expr string) (parts []string, ok bool) {
	s, found := strings.CutPrefix(expr, "^")
	if !found {
		return nil, false
	}
	parts = atSpaces(s)
	if len(parts) < 2 || len(parts) > 3 {
		return nil, false
	}
	for _, p := range parts {
		if p == "" {
			return nil, false
		}
	}
	return parts, true
}

// atSpaces splits an expression at the spaces that stand for one space each,
// outside of classes and groups.
func atSpaces(s string) []string {
	var parts []string
	depth, class, from := 0, false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			if s[i+1] == 's' && !class && depth == 0 && !repeated(s[i+2:]) {
				parts, from = append(parts, s[from:i]), i+2
			}
			i++
		case class:
			if c == ']' && s[i-1] != '[' {
				class = false
			}
		case c == '[':
			class = true
			if i+1 < len(s) && s[i+1] == '^' {
				i++
			}
			if i+1 < len(s) && s[i+1] == ']' {
				i++
			}
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ' ' && depth == 0:
			if strings.HasPrefix(s[i+1:], "+") {
				parts, from = append(parts, s[from:i]), i+2
				i++
			} else if !repeated(s[i+1:]) {
				parts, from = append(parts, s[from:i]), i+1
			}
		}
	}
	return append(parts, s[from:])
}

func repeated(s string) bool { return s != "" && strings.IndexByte("*+?{", s[0]) >= 0 }

// anyMethod says whether an expression matches every method.
func anyMethod(s string) bool {
	switch strings.Trim(s, "()") {
	case `[^ :]*`, `[^ :]+`, `[^ ]*`, `[^ ]+`, `[^: ]*`, `[^: ]+`, `[A-Z]*`, `[A-Z]+`, `[a-zA-Z]+`, `[a-zA-Z]*`, `\w+`, `\w*`,
		`\S+`, `\S*`, `.*`, `.+`, `.*?`, `.+?`, `[^\s]*`, `[^\s]+`:
		return strings.Count(s, "(") <= 1
	}
	return false
}

// methods returns the methods of "GET" or "(GET|POST)".
func methods(s string) []string {
	s = strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(s, "("), ")"), "?:")
	list := strings.Split(s, "|")
	for _, m := range list {
		for i := range len(m) {
			if m[i] < 'A' || m[i] > 'Z' {
				return nil
			}
		}
		if m == "" {
			return nil
		}
	}
	return list
}

// anyVersion says whether an expression matches every version of HTTP.
func anyVersion(s string) bool {
	switch strings.Trim(s, "()") {
	case `.*`, `.+`, `[^ ]*`, `[^ ]+`, `HTTP.*`, `HTTP/.*`, `HTTP/1.*`, `HTTP/1\..*`, `HTTP/1.[01]`, `HTTP/1\.[01]`, `HTTP/1..`, `HTTP/1\..`, `HTTP/[0-9.]+`, `\S+`, `\S*`,
		`HTTP/1.[01]$`, `HTTP/1\.[01]$`, `.*$`:
		return true
	}
	return false
}

// groups counts the groups of an expression.
func groups(s string) int {
	n, class := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case class:
			class = s[i] != ']'
		case s[i] == '[':
			class = true
			if strings.HasPrefix(s[i+1:], "^]") {
				i += 2
			} else if strings.HasPrefix(s[i+1:], "]") {
				i++
			}
		case s[i] == '(' && !strings.HasPrefix(s[i+1:], "?"):
			n++
		}
	}
	return n
}

// shift renumbers the references of a replacement by -n; ok is false when one of
// them is to a group that is gone, or to the whole line.
func shift(s string, n int) (_ string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if c := s[i+1]; c >= '0' && c <= '9' {
				if int(c-'0') <= n {
					return "", false
				}
				b.WriteByte('\\')
				b.WriteByte(c - byte(n))
			} else {
				b.WriteString(s[i : i+2])
			}
			i++
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String(), true
}

// valid says whether an expression, or what was cut out of one, is whole.
func valid(exprs ...string) bool {
	for _, e := range exprs {
		if Variable(e) || len(e) > 4096 {
			return false
		}
		if _, err := syntax.Parse(e, syntax.Perl); err != nil {
			return false
		}
	}
	return true
}

// alternatives says whether an expression has branches outside of groups: an
// anchor before it would hold for the first alone.
func alternatives(s string) bool {
	depth, class := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0:
			return true
		}
	}
	return false
}
