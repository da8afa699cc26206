package pattern

import (
	"fmt"
	"regexp"
	"strings"
)

// matcher is a compiled regular expression.
type matcher interface {
	Match([]byte) bool
	FindSubmatchIndex([]byte) []int
}

// CompileRegexp compiles an expression; the error names it.
func CompileRegexp(pattern string, fold bool) (matcher, error) {
	re, err := regexp.Compile(pattern)
	if err == nil && fold {
		re, err = regexp.Compile("(?i:" + pattern + ")")
	}
	if err != nil {
		return nil, fmt.Errorf("regex '%s' is invalid (error=%s)", pattern, regexpFault(err))
	}
	return re, nil
}

// regexpFault leaves out the words Go puts before each fault.
func regexpFault(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}
