package doctor

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// declared is what is known of the proxies of one name.
type declared struct {
	frontends, others int // others: listen sections and surplus backends
	backends          int
	table             bool // the frontend has a stick table, which others may name
	file              string
	line              int
}

// sameNames returns the frontends that share their name with one backend, and
// new names for them. Rules and servers name backends, so that frontends are what
// can be renamed with few consequences.
func sameNames(files []config.File, e *exam) map[string]string {
	all := map[string]*declared{}
	for _, f := range files {
		var in *declared
		number := 0
		for data := f.Data; len(data) > 0; {
			var l []byte
			l, data, _ = bytes.Cut(data, []byte("\n"))
			number++
			words, _, ok := config.RawWords(bytes.TrimPrefix(l, utf8Mark))
			if !ok || len(words) == 0 {
				continue
			}
			first := words[0].Text
			if first == "stick-table" && in != nil {
				in.table = true
			}
			if !config.IsSection(first) {
				continue
			}
			in = nil
			if len(words) < 2 || first != "frontend" && first != "backend" && first != "listen" {
				continue
			}
			d := all[words[1].Text]
			if d == nil {
				d = &declared{}
				all[words[1].Text] = d
			}
			switch first {
			case "frontend":
				d.frontends++
				d.file, d.line = f.Name, number
				in = d
			case "backend":
				d.backends++
			default:
				d.others++
			}
		}
	}
	names := map[string]string{}
	taken := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		d := all[name]
		if d.frontends != 1 || d.backends != 1 || d.others != 0 || strings.IndexByte(name, 0) >= 0 || name == "" {
			continue
		}
		if d.table {
			e.name, e.line = d.file, d.line
			e.find(Finding{Kind: Old, Text: "frontend '" + clean(name) + "' has the name of a backend.",
				Note: "It cannot be renamed: it has a stick table, which other sections may name."})
			continue
		}
		next := name + "_fe"
		for all[next] != nil || taken[next] {
			next += "_"
		}
		taken[next] = true
		names[name] = next
	}
	return names
}

// renameSection gives a frontend its new name.
func (e *exam) renameSection(r *rewrite) {
	if len(r.words) < 2 || r.words[0].Text != "frontend" {
		return
	}
	next, ok := e.names[r.words[1].Text]
	if !ok {
		return
	}
	name := r.words[1]
	was := shown(r.line)
	r.replace(name.From, name.To, config.Quote(next))
	e.find(Finding{Kind: Old, Repaired: true, Was: was, Now: []string{shown(r.line)},
		Text: "frontend '" + clean(name.Text) + "' has the same name as a backend. This is no longer supported as of 3.3. Please rename one or the other.",
		Note: "Logs and statistics show the new name."})
}

// frontendFetch is a sample fetch that names a frontend.
var frontendFetch = regexp.MustCompile(`\bfe_(?:conn|req_rate|sess_rate)\(([^(),]+)\)`)

// rename gives references to frontends their new names.
func (e *exam) rename(r *rewrite) {
	if len(e.names) == 0 || !bytes.Contains(r.line[:r.comment], []byte("fe_")) {
		return
	}
	was := shown(r.line)
	changed := false
	for _, m := range slices.Backward(frontendFetch.FindAllSubmatchIndex(r.line[:r.comment], -1)) {
		if next, ok := e.names[string(r.line[m[2]:m[3]])]; ok {
			r.replace(m[2], m[3], next)
			changed = true
		}
	}
	if changed {
		e.find(Finding{Kind: Old, Repaired: true, Was: was, Now: []string{shown(r.line)},
			Text: "the frontend has a new name."})
	}
}

// replace puts text in the place of bytes of the line.
func (r *rewrite) replace(from, to int, text string) {
	var b []byte
	b = append(append(append(b, r.line[:from]...), text...), r.line[to:]...)
	words, comment, ok := config.RawWords(b)
	if !ok {
		return
	}
	r.line, r.words, r.comment = b, words, comment
}
