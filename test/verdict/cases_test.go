package verdict

import (
	"os"
	"strings"
	"testing"
)

// A check is one line, or several, in one section of a configuration.
type check struct{ section, lines string }

func (c check) String() string { return c.section + ": " + strings.ReplaceAll(c.lines, "\n", `\n`) }

// config is the whole configuration: valid without the lines of the check.
func (c check) config() string {
	at := map[string]string{c.section: "    " + strings.ReplaceAll(c.lines, "\n", "\n    ") + "\n"}
	if c.section == "file" {
		at["file"] = c.lines + "\n"
	}
	return "global\n    maxconn 100\n" + at["global"] +
		"defaults d\n    mode http\n    timeout connect 5s\n    timeout client 5s\n    timeout server 5s\n" + at["defaults"] +
		"frontend fe\n    bind 127.0.0.1:18080\n    default_backend be\n" + at["frontend"] +
		"backend be\n    server s1 127.0.0.1:18090\n" + at["backend"] +
		"listen li\n    bind 127.0.0.1:18088\n    server s1 127.0.0.1:18090\n" + at["listen"] +
		at["file"]
}

// checks reads testdata/cases.txt and writes its alternatives out.
func checks(t *testing.T) []check {
	data, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []check
	seen := map[check]bool{}
	for line := range strings.Lines(string(data)) {
		section, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		if !ok || section[0] == '#' {
			continue
		}
		sections := []string{section}
		if section == "any" {
			sections = []string{"defaults", "frontend", "backend", "listen"}
		}
		for _, s := range sections {
			for _, lines := range expand(strings.ReplaceAll(text, `\n`, "\n")) {
				if c := (check{s, strings.TrimRight(lines, " ")}); !seen[c] {
					seen[c] = true
					list = append(list, c)
				}
			}
		}
	}
	return list
}

// expand writes out {a|b}. Braces around a condition, which are followed by a
// blank or come after a "$", "%" or a bare word of the manual, stay.
func expand(s string) []string {
	from := -1
	for i := range len(s) {
		if s[i] == '{' && (i == 0 || s[i-1] != '$' && s[i-1] != '%') && i+1 < len(s) && s[i+1] != ' ' {
			from = i
			break
		}
	}
	if from < 0 {
		return []string{s}
	}
	depth, start := 0, from+1
	var parts []string
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth--
		case '|':
			// "||" is an operator of conditions.
			if depth == 1 && s[i+1] == '|' && s[i+2] == ' ' {
				i++
			} else if depth == 1 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
		if depth == 0 {
			var all []string
			for _, p := range append(parts, s[start:i]) {
				for _, rest := range expand(s[i+1:]) {
					all = append(all, s[:from]+p+rest)
				}
			}
			return all
		}
	}
	return []string{s}
}
