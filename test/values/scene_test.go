package values

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A scene is a file of testdata/examples: one exchange through a frontend and
// its backend, and what expressions are worth during it. Its parts begin with a
// line that ends with a colon; lines of a part are indented:
//
//	since: VERSION               the HAProxy that can load the configuration
//	global:, config:, backend:   lines of these sections
//	bind:                        words after the address
//	file NAME:                   a file beside the configuration
//	ask:, answer:                lines that the client and the server send, with the escapes of Go;
//	                             a blank line, then, ends them; "\c" at the end of a line: without a line end
//	anything else:               a ruleset, or "log": an expression, a tab and its value a line
//
// An expression in braces is a condition, worth yes or no, and so is a name in
// capitals. A value that begins
// with ~ is a regular expression. "-" is no value.
type scene struct {
	name  string
	since string
	parts map[string][]string
	files map[string]string
	rows  []row
}

// A row is one expression: where it is evaluated, and what it is worth.
type row struct{ ruleset, expr, value string }

func (r row) condition() bool { return r.expr[0] == '{' || 'A' <= r.expr[0] && r.expr[0] <= 'Z' }

// setup are the parts that are no rulesets.
var setup = []string{"global", "config", "backend", "bind", "ask", "answer"}

func scenes(t *testing.T) (list []*scene) {
	paths, err := filepath.Glob("testdata/examples/*.txt")
	if err != nil || len(paths) < 1 {
		t.Fatal(paths, err)
	}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		s := &scene{name: strings.TrimSuffix(filepath.Base(p), ".txt"), parts: map[string][]string{}, files: map[string]string{}}
		part := ""
		for n, line := range strings.Split(string(text), "\n") {
			body, indented := strings.CutPrefix(line, "    ")
			switch head, ok := strings.CutSuffix(line, ":"); {
			case strings.HasPrefix(line, "#") || line == "":
			case strings.HasPrefix(line, "since: "):
				s.since = line[7:]
			case !indented && ok:
				part = head
			case !indented:
				t.Fatalf("%s:%d: neither a part nor within one", p, n+1)
			case strings.HasPrefix(part, "file "):
				s.files[part[5:]] += body + "\n"
			case contains(setup, part):
				s.parts[part] = append(s.parts[part], body)
			default:
				expr, value, ok := strings.Cut(body, "\t")
				if !ok {
					t.Fatalf("%s:%d: no value", p, n+1)
				}
				s.rows = append(s.rows, row{part, expr, strings.TrimLeft(value, "\t")})
			}
		}
		list = append(list, s)
	}
	return list
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// text is a configuration of the scene, with rows i for which with says so; rows
// are the numbers of the rows by line.
func (s *scene) text(addr, server, logs string, with func(i int) bool) (text string, rows map[int]int) {
	var lines []string
	rows = map[int]int{}
	add := func(all ...string) { lines = append(lines, all...) }
	add("global")
	add(s.parts["global"]...)
	add("defaults", " mode http", " timeout client 5s", " timeout connect 4s", " timeout server 3s", "frontend f",
		" bind "+addr+" "+strings.Join(s.parts["bind"], " "), " log "+logs+" len 65000 local0", " default_backend b")
	add(s.parts["config"]...)
	format := " log-format %ts" // which is known at the end only
	rules := func(answers bool) {
		for i, r := range s.rows {
			if !with(i) || r.ruleset == "log" || strings.HasPrefix(r.ruleset, "tcp-response") != answers {
				continue
			}
			scope := "txn"
			if strings.HasSuffix(r.ruleset, "connection") || strings.HasSuffix(r.ruleset, "session") {
				scope = "sess"
			}
			format += fmt.Sprintf(`"@%d=%%[var(%s.v%d)]"`, i, scope, i)
			expr := r.expr
			if r.condition() {
				expr = "bool(true) if " + expr
			}
			add(fmt.Sprintf(" %s set-var(%s.v%d) %s", r.ruleset, scope, i, expr))
			rows[len(lines)] = i
		}
	}
	rules(false)
	at := len(lines)
	add("", "backend b")
	add(s.parts["backend"]...)
	rules(true)
	add(" server s1 " + server)
	for i, r := range s.rows {
		if !with(i) || r.ruleset != "log" {
			continue
		}
		item := r.expr
		if !strings.HasPrefix(item, "%") {
			item = "%[" + item + "]"
		}
		format += fmt.Sprintf(`"@%d="%s`, i, item)
	}
	lines[at] = format + `"@"`
	return strings.Join(lines, "\n") + "\n", rows
}

// send is what the lines of "ask" or "answer" mean.
func (s *scene) send(t *testing.T, part string) []byte {
	var b strings.Builder
	for _, line := range s.parts[part] {
		body, more := strings.CutSuffix(line, `\c`)
		text, err := unquote(body)
		if err != nil {
			t.Fatalf("%s: %s: %v", s.name, line, err)
		}
		b.WriteString(text)
		if !more {
			b.WriteString("\r\n")
		}
	}
	return []byte(b.String())
}
