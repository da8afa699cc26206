package doctor

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// parse loads the repaired files and finds what is still wrong with them.
func (e *exam) parse(o Options) {
	spec, d := config.Parse(e.report.Files, config.Options{Tables: tables(), Env: o.Env, ReadFile: o.ReadFile})
	if !d.Failed() {
		rule.Check(spec, d)
	}
	type place struct {
		file string
		line int
	}
	known := map[place]bool{} // lines that could not be repaired: the parser says the same again
	for _, f := range e.report.Findings {
		if !f.Repaired && (f.Kind == Old || f.Kind == Damaged) {
			known[place{f.File, f.Line}] = true
		}
	}
	type message struct {
		place
		text string
	}
	said := map[message]bool{}
	for _, m := range d.List {
		if m.Level != config.Alert || m.Mild || !m.Pos.IsValid() {
			continue
		}
		e.name, e.line = m.Pos.File, e.from(m.Pos.File, m.Pos.Line)
		if known[place{e.name, e.line}] || known[place{e.name, 0}] {
			continue
		}
		f := Finding{Kind: Error, Text: e.places(m.Text)}
		if strings.Contains(m.Text, "not built yet") || strings.Contains(m.Text, "does not have yet") {
			f.Kind = Unbuilt
		}
		if m := (message{place{e.name, e.line}, f.Text}); !said[m] {
			said[m] = true
			e.find(f)
		}
	}
}

// from returns the line that a repaired line comes from.
func (e *exam) from(file string, line int) int {
	if l := e.origin[file]; line >= 1 && line <= len(l) {
		return l[line-1]
	}
	return line
}

var number = regexp.MustCompile(`^:(\d+)`)

// places puts the line numbers of what was read into a message about what was
// repaired.
func (e *exam) places(text string) string {
	for _, f := range e.report.Files {
		var b strings.Builder
		rest := text
		for f.Name != "" {
			i := strings.Index(rest, f.Name)
			if i < 0 {
				break
			}
			b.WriteString(rest[:i+len(f.Name)])
			rest = rest[i+len(f.Name):]
			if m := number.FindStringSubmatch(rest); m != nil {
				if n, err := strconv.Atoi(m[1]); err == nil {
					b.WriteString(":" + strconv.Itoa(e.from(f.Name, n)))
					rest = rest[len(m[0]):]
				}
			}
		}
		b.WriteString(rest)
		text = b.String()
	}
	return text
}

// sort orders the findings by file and line.
func (e *exam) sort(files []config.File) {
	order := map[string]int{}
	for i, f := range files {
		if _, ok := order[f.Name]; !ok {
			order[f.Name] = i
		}
	}
	slices.SortStableFunc(e.report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line))
	})
}

func tables() []config.Table { return features.Tables() }
