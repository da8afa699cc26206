package pattern

import (
	"fmt"
	"regexp"
	"strings"
)

// Regexp is a compiled regular expression; the methods are those of package regexp.
type Regexp interface {
	Match(b []byte) bool
	MatchString(s string) bool
	FindSubmatchIndex(b []byte) []int
	FindAllSubmatchIndex(b []byte, n int) [][]int
}

// CompileRegexp compiles an expression: RE2, whose time grows with the value only, or
// what RE2 does not have, such as look-around and back-references, which is cut off
// after MatchTimeout. The error names the expression.
func CompileRegexp(pattern string, fold bool) (Regexp, error) {
	re, err := regexp.Compile(pattern)
	if err == nil && fold {
		re, err = regexp.Compile("(?i:" + pattern + ")")
	}
	if err == nil {
		return re, nil
	}
	if b, e := compileBacktracking(pattern, fold); e == nil {
		return b, nil
	}
	return nil, fmt.Errorf("regex '%s' is invalid (error=%s)", pattern, regexpFault(err))
}

// regexpFault leaves out the words Go puts before each fault.
func regexpFault(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}
