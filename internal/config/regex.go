package config

import (
	"regexp"
	"strings"
)

// regexFault says what is wrong with a regular expression that another part will
// compile; "" when nothing is, or when it uses what only Perl's have.
func regexFault(s string) string {
	if _, err := regexp.Compile(s); err != nil && !strings.Contains(s, "(?") {
		text := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return "regex '" + clip(s) + "' is invalid (error=" + bounded(text) + ")"
	}
	return ""
}
