package legacy

import (
	"slices"
	"strings"
)

// whenLine is "reqdeny" and its like: an action when a line of the message
// matches an expression.
func whenLine(response, fold bool, action ...string) func(Place, []string) (Answer, bool) {
	return func(_ Place, w []string) (Answer, bool) {
		args, cond, why := arguments(w, 1)
		if why != "" {
			return Answer{Why: why}, true
		}
		return when(response, fold, args[0], cond, action), true
	}
}

// setBackend is "reqsetbe EXPRESSION BACKEND".
func setBackend(fold bool) func(Place, []string) (Answer, bool) {
	return func(at Place, w []string) (Answer, bool) {
		args, cond, why := arguments(w, 2)
		switch {
		case why != "":
			return Answer{Why: why}, true
		case at.Section == Backend:
			return Answer{Why: "a backend cannot choose another one"}, true
		}
		return when(false, fold, args[0], cond, []string{"use_backend", args[1]}), true
	}
}

func when(response, fold bool, expr string, cond, action []string) Answer {
	tests, why := lineTest(response, fold, expr)
	if why != "" {
		return Answer{Why: why}
	}
	cond, ok := and(tests, cond)
	if !ok {
		return Answer{Why: "its 'unless' cannot be joined with the expression: turn it into 'if' with the opposite conditions"}
	}
	return line(append(slices.Clone(action), cond...)...)
}

// lineTest gives the tests that say that a line matches.
func lineTest(response, fold bool, expr string) (tests []string, why string) {
	ambiguous := "'" + shown(expr) + "' cannot be told as one of first line or header field"
	if alternatives(expr) || !valid(expr) {
		return nil, ambiguous
	}
	if name, rest, ok := headerOf(expr); ok {
		fetch := "req.fhdr(" + name + ")"
		if response {
			fetch = "res.fhdr(" + name + ")"
		}
		if rest = strings.TrimSuffix(rest, ".*"); rest == "" {
			return []string{"{", fetch, "-m", "found", "}"}, ""
		}
		if !valid("^" + rest) {
			return nil, ambiguous
		}
		return match(fetch, fold, "^"+rest), ""
	}
	if response {
		return nil, ambiguous
	}
	parts, ok := requestLine(expr)
	if !ok {
		return nil, ambiguous
	}
	switch list := methods(parts[0]); {
	case list != nil:
		tests = append(append([]string{"{", "method"}, list...), "}")
	case !anyMethod(parts[0]):
		return nil, ambiguous
	}
	target := "^" + parts[1]
	switch {
	case len(parts) == 3 && anyVersion(parts[2]):
		target += "$"
	case len(parts) == 3 || strings.HasSuffix(target, "$"):
		return nil, ambiguous
	}
	if !valid(target) {
		return nil, ambiguous
	}
	if t := strings.TrimSuffix(target, ".*"); t != "^" && t != "^/" {
		if t != "^.*$" {
			tests = append(tests, match("url", fold, target)...)
		}
	}
	if tests == nil {
		return nil, "it matches every request"
	}
	return tests, ""
}

func match(fetch string, fold bool, expr string) []string {
	words := []string{"{", fetch, "-m", "reg"}
	if fold {
		words = append(words, "-i")
	}
	return append(words, expr, "}")
}

// and joins tests with a condition, which has "or" between its terms.
func and(tests, cond []string) (joined []string, ok bool) {
	switch {
	case len(cond) == 0:
		return append([]string{"if"}, tests...), true
	case cond[0] == "unless":
		// One test only can be told the other way round.
		if len(cond) == 2 && cond[1] != "" {
			not, negated := strings.CutPrefix(cond[1], "!")
			if !negated {
				not = "!" + cond[1]
			}
			return append(append([]string{"if"}, tests...), not), true
		}
		return nil, false
	}
	joined = append([]string{"if"}, tests...)
	inside := false
	for _, w := range cond[1:] {
		switch w {
		case "{", "!{":
			inside = true
		case "}":
			inside = false
		}
		joined = append(joined, w)
		if !inside && (w == "or" || w == "||") {
			joined = append(joined, tests...)
		}
	}
	return joined, len(joined) <= 60 // words a line may have
}
