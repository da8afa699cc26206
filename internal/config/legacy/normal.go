package legacy

import "strings"

// normal rewrites the common spellings of a line's expression and replacement to
// those that are taken apart: group 1 holds the method alone, or none of the name
// of a field.
//
//	^([^ ]*\ /)a(.*)    \1b\2        as  ^([^ ]*)\ /a(.*)  \1\ /b\2
//	^(Name:.*)          \1; x        as  ^Name:(.*)        Name:\1; x
//	^(Name:)\ a(.*)     \1\ b\2      as  ^Name:\ a(.*)     Name:\ b\1
//	^Name               Name:\ x     as  ^Name:.*          Name:\ x
func normal(expr, by string) (string, string, string) {
	if name, found := strings.CutPrefix(expr, "^"); found {
		plain, ok := plainName(strings.TrimSuffix(name, ".*"))
		to, _, colon := strings.Cut(by, ":")
		if ok && colon && strings.EqualFold(plain, to) {
			return "^" + plain + ":.*", by, "Only the field '" + plain + "' is replaced, not all whose names begin so."
		}
	}
	s, found := strings.CutPrefix(expr, "^(")
	end := closing(s)
	if !found || end < 0 || strings.HasPrefix(s, "?") || repeated(s[end+1:]) {
		return expr, by, ""
	}
	inside, tail := s[:end], s[end+1:]
	name, value, _ := strings.Cut(inside, ":")
	if plain, ok := plainName(name); ok && len(name) < len(inside) && !alternatives(inside) {
		if value == "" {
			rest := strings.TrimPrefix(strings.TrimPrefix(by, `\1`), plain+":")
			if rest, ok := shift(rest, 1); ok && rest != by {
				return "^" + plain + ":" + tail, plain + ":" + rest, ""
			}
		} else if strings.HasPrefix(by, `\1`) {
			return "^" + plain + ":(" + strings.TrimPrefix(value, " ") + ")" + tail, plain + ":" + by, ""
		}
		return expr, by, ""
	}
	method, target, space := strings.Cut(inside, " ")
	if strings.HasSuffix(method, "[^") { // the space was part of the class
		var more string
		more, target, space = strings.Cut(target, " ")
		method += " " + more
	}
	if space && anyMethod(method) && strings.HasPrefix(target, "/") && literal(target) && strings.HasPrefix(by, `\1`) {
		return "^(" + method + ") " + target + tail, `\1 ` + target + by[2:], ""
	}
	return expr, by, ""
}

// closing returns the index of the parenthesis that closes the group in which s
// begins, -1 without one.
func closing(s string) int {
	depth, class := 1, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
			if strings.HasPrefix(s[i+1:], "^]") {
				i += 2
			} else if strings.HasPrefix(s[i+1:], "]") {
				i++
			}
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// literal says whether an expression stands for its own bytes.
func literal(s string) bool { return !strings.ContainsAny(s, `\.[](){}*+?|^$`) }
