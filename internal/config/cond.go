package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxCondDepth bounds the parentheses and negations of a condition.
const maxCondDepth = 1000

// Condition evaluates an expression as ".if" and "-cc" do (manual 2.4). The
// empty expression is false. f may be nil: DefaultFacts.
func Condition(expr string, env Env, f *Facts) (bool, error) {
	v, err := evalCondition(expr, env.Lookup, f)
	if err != nil {
		return false, fmt.Errorf("%s", err.text)
	}
	return v, nil
}

func evalCondition(expr string, lookup func(string) (string, bool), f *Facts) (bool, *lineError) {
	if expr == "" {
		return false, nil
	}
	if f == nil {
		f = DefaultFacts()
	}
	c := &condition{s: expr, lookup: lookup, facts: f}
	v, err := c.or()
	if err != nil {
		return false, err
	}
	c.space()
	if c.i < len(c.s) {
		return false, &lineError{c.i, fmt.Sprintf("unexpected character '%s' at the end of conditional expression '%s'",
			clip(c.s[c.i:c.i+1]), clip(c.s))}
	}
	return v, nil
}

// condition is a recursive-descent evaluator. Everything is parsed, whether it
// decides the result or not, so that a fault never hides.
type condition struct {
	s      string
	i      int
	depth  int
	lookup func(string) (string, bool)
	facts  *Facts
}

func (c *condition) space() {
	for c.i < len(c.s) && isSpace(c.s[c.i]) {
		c.i++
	}
}

func (c *condition) unparsable(from, at int) *lineError {
	return &lineError{at, "unparsable conditional expression '" + clip(c.s[from:]) + "'"}
}

func (c *condition) or() (bool, *lineError) {
	start := c.i
	v, err := c.and()
	if err != nil {
		return false, err
	}
	for {
		c.space()
		op := c.i
		if !strings.HasPrefix(c.s[c.i:], "||") {
			return v, nil
		}
		c.i += 2
		c.space()
		if c.i == len(c.s) {
			return false, c.unparsable(start, op)
		}
		w, err := c.and()
		if err != nil {
			return false, err
		}
		v = v || w
	}
}

func (c *condition) and() (bool, *lineError) {
	v, err := c.term()
	if err != nil {
		return false, err
	}
	for {
		c.space()
		op := c.i
		if !strings.HasPrefix(c.s[c.i:], "&&") {
			return v, nil
		}
		c.i += 2
		c.space()
		if c.i == len(c.s) {
			return false, c.unparsable(op, op)
		}
		w, err := c.term()
		if err != nil {
			return false, err
		}
		v = v && w
	}
}

func (c *condition) term() (bool, *lineError) {
	c.space()
	start := c.i
	if c.depth++; c.depth > maxCondDepth {
		return false, &lineError{start, "conditional expression is nested too deep"}
	}
	defer func() { c.depth-- }()
	not := false
	for c.i < len(c.s) && c.s[c.i] == '!' {
		not = !not
		c.i++
		c.space()
	}
	if c.i == len(c.s) {
		return false, c.unparsable(start, start)
	}
	v, err := false, (*lineError)(nil)
	if c.s[c.i] == '(' {
		open := c.i
		c.i++
		if c.space(); c.i == len(c.s) {
			return false, c.unparsable(start, start)
		}
		if v, err = c.or(); err != nil {
			return false, err
		}
		c.space()
		if c.i == len(c.s) || c.s[c.i] != ')' {
			return false, &lineError{open, "expected ')' after conditional expression '" + clip(c.s[open:]) + "'"}
		}
		c.i++
		return v != not, nil
	}
	if n, ok := c.integer(); ok {
		return (n != 0) != not, nil
	}
	v, found, err := c.predicate()
	if err != nil {
		return false, err
	}
	if !found {
		return false, c.unparsable(start, start)
	}
	return v != not, nil
}

// integer reads a number as C's strtol would in base 0; only whether it is zero
// matters.
func (c *condition) integer() (n int, ok bool) {
	i := c.i
	if i < len(c.s) && (c.s[i] == '-' || c.s[i] == '+') {
		i++
	}
	j := i
	hex := strings.HasPrefix(c.s[i:], "0x") || strings.HasPrefix(c.s[i:], "0X")
	if hex && i+2 < len(c.s) && unhex(c.s[i+2]) >= 0 {
		for j = i + 2; j < len(c.s) && unhex(c.s[j]) >= 0; j++ {
			n |= unhex(c.s[j])
		}
	} else {
		for ; j < len(c.s) && c.s[j] >= '0' && c.s[j] <= '9'; j++ {
			n |= int(c.s[j] - '0')
		}
		if j == i {
			return 0, false
		}
	}
	c.i = j
	return n, true
}

// predicate is a name and its arguments.
func (c *condition) predicate() (v, found bool, err *lineError) {
	j := c.i
	for j < len(c.s) && isNameByte(c.s[j]) {
		j++
	}
	k := slices.IndexFunc(predicates, func(p predicate) bool { return p.name == c.s[c.i:j] })
	if k < 0 {
		return false, false, nil
	}
	p := &predicates[k]
	c.i = j
	args, err := c.arguments(p)
	if err != nil {
		return false, true, err
	}
	v, ok := p.eval(c, args)
	if !ok {
		return false, true, &lineError{c.i, "invalid argument to conditional expression predicate '" + p.name + "': '" + clip(args[0]) + "'"}
	}
	return v, true, nil
}

// arguments reads "(a,b)"; without parentheses all are missing.
func (c *condition) arguments(p *predicate) ([]string, *lineError) {
	const used = " in argument 1 of predicate '%s' used in conditional expression"
	args := make([]string, 0, 2)
	missing := func() *lineError {
		return &lineError{c.i, fmt.Sprintf("missing arguments (got %d/%d), type 'string' expected"+used,
			max(1, len(args)), p.args, p.name)}
	}
	if c.i == len(c.s) || c.s[c.i] != '(' {
		if p.args > 1 {
			return nil, missing()
		}
		return []string{""}, nil
	}
	c.i++
	for {
		args = append(args, c.argument())
		switch {
		case c.i < len(c.s) && c.s[c.i] == ',' && len(args) < p.args:
			c.i++
			continue
		case len(args) < p.args:
			return nil, missing()
		case c.i == len(c.s):
			return nil, &lineError{c.i, fmt.Sprintf("expected ')'"+used, p.name)}
		case c.s[c.i] != ')':
			return nil, &lineError{c.i, fmt.Sprintf("expected ')' before '%s'"+used, clip(c.s[c.i:]), p.name)}
		}
		c.i++
		return args, nil
	}
}

// argument reads one argument: the second level of quoting (manual 2.2).
func (c *condition) argument() string {
	var b strings.Builder
	quote := byte(0)
	for ; c.i < len(c.s); c.i++ {
		ch := c.s[c.i]
		switch {
		case quote == 0 && (ch == ',' || ch == ')'):
			return b.String()
		case quote == 0 && (ch == '"' || ch == '\''), quote != 0 && ch == quote:
			quote ^= ch
		case ch == '\\' && quote != '\'' && c.i+1 < len(c.s):
			c.i++
			switch e := c.s[c.i]; e {
			case 'n':
				b.WriteByte('\n')
			case 'r':
				b.WriteByte('\r')
			case 't':
				b.WriteByte('\t')
			case '\\', '\'', '"', ' ':
				b.WriteByte(e)
			default:
				b.WriteByte('\\')
				b.WriteByte(e)
			}
		default:
			b.WriteByte(ch)
		}
	}
	return b.String()
}

type predicate struct {
	name string
	args int
	eval func(c *condition, a []string) (v, ok bool)
}

var predicates = []predicate{
	{"awslc_api_atleast", 1, func(c *condition, a []string) (bool, bool) { return false, isNumber(a[0]) }},
	{"awslc_api_before", 1, func(c *condition, a []string) (bool, bool) { return false, isNumber(a[0]) }},
	{"defined", 1, func(c *condition, a []string) (bool, bool) {
		_, ok := c.lookup(a[0])
		return ok, true
	}},
	{"enabled", 1, func(c *condition, a []string) (bool, bool) { return slices.Contains(c.facts.Enabled, a[0]), true }},
	{"feature", 1, func(c *condition, a []string) (bool, bool) { return slices.Contains(c.facts.Features, a[0]), true }},
	{"openssl_version_atleast", 1, func(c *condition, a []string) (bool, bool) {
		return c.facts.SSLVersion != "" && compareVersions(c.facts.SSLVersion, a[0]) >= 0, isTLSVersion(a[0])
	}},
	{"openssl_version_before", 1, func(c *condition, a []string) (bool, bool) {
		return c.facts.SSLVersion != "" && compareVersions(c.facts.SSLVersion, a[0]) < 0, isTLSVersion(a[0])
	}},
	{"ssllib_name_startswith", 1, func(c *condition, a []string) (bool, bool) {
		return c.facts.SSLName != "" && strings.HasPrefix(c.facts.SSLName, a[0]), true
	}},
	{"streq", 2, func(c *condition, a []string) (bool, bool) { return a[0] == a[1], true }},
	{"strneq", 2, func(c *condition, a []string) (bool, bool) { return a[0] != a[1], true }},
	{"strstr", 2, func(c *condition, a []string) (bool, bool) { return strings.Contains(a[0], a[1]), true }},
	{"version_atleast", 1, func(c *condition, a []string) (bool, bool) {
		return compareVersions(c.facts.Version, a[0]) >= 0, true
	}},
	{"version_before", 1, func(c *condition, a []string) (bool, bool) {
		return compareVersions(c.facts.Version, a[0]) < 0, true
	}},
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil
}

// isTLSVersion says whether s begins with three numbers, of which only the last
// may be missing, as every version of the TLS libraries does.
func isTLSVersion(s string) bool {
	major, rest, _ := strings.Cut(strings.TrimLeft(s, " \t"), ".")
	minor, _, ok := strings.Cut(rest, ".")
	return ok && isNumber(major) && (minor == "" || isNumber(minor))
}
