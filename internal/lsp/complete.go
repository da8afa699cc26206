package lsp

import (
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// complete lists what may stand at p. Editors filter by what is written already.
func complete(d *document, p position) completionList {
	line := d.line(p.Line)
	column := d.column(p)
	return completionList{Items: candidates(d, p.Line, line[:column])}
}

// candidates are the items for the end of what is written of a line.
func candidates(d *document, at int, written string) []completionItem {
	before, last := words(written, len(written))
	list := []completionItem{}
	if len(before) == 0 && strings.Contains(written, "#") {
		return list
	}
	switch {
	case expressionAt(written):
		return expressionItems(written)
	case strings.HasSuffix(strings.TrimRight(last, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), "%"):
		for _, a := range logs.Aliases() {
			list = append(list, item(a.Name, kindProperty, "%"+a.Name, a.Doc, built(a.Built)))
		}
		return list
	case len(before) == 0:
		for name := range sections {
			list = append(list, completionItem{Label: name, Kind: kindClass, Detail: "section"})
		}
		slices.SortFunc(list, func(a, b completionItem) int { return strings.Compare(a.Label, b.Label) })
		section, _ := d.section(at - 1)
		return append(list, rows(section, nil)...)
	}
	if before[0] == "no" || before[0] == "default" {
		before = before[1:]
	}
	section, _ := d.section(at)
	previous := ""
	if len(before) > 0 {
		previous = before[len(before)-1]
	}
	switch {
	case previous == "use_backend" || previous == "default_backend":
		return names(d, "backend", "listen")
	case previous == "from":
		return names(d, "defaults")
	case previous == "-m" && slices.ContainsFunc(before, func(w string) bool { return w == "acl" || w == "{" }):
		for _, m := range pattern.Methods() {
			list = append(list, item(m.Name, kindKeyword, "-m "+m.Name, m.Doc, features.Built))
		}
		return list
	case slices.Contains(before, "if") || slices.Contains(before, "unless"):
		return conditionItems(d, at)
	}
	list = append(list, rows(section, before)...)
	if _, n := row(section, before); n > 0 {
		if enough(before) {
			for _, o := range optionsOf(before, n) {
				list = append(list, entryItem(o, o.Name))
			}
		}
		if slices.ContainsFunc(rule.Rulesets(), func(r string) bool {
			return strings.HasPrefix(strings.Join(before, " ")+" ", r+" ") && len(before) > len(strings.Fields(r))
		}) {
			list = append(list, completionItem{Label: "if", Kind: kindKeyword}, completionItem{Label: "unless", Kind: kindKeyword})
		}
	}
	return list
}

// enough says whether a line has the words that come before its options: the
// address of a bind, name and address of a server.
func enough(before []string) bool {
	switch before[0] {
	case "bind", "dgram-bind":
		return len(before) > 1
	case "server", "peer":
		return len(before) > 2
	case "server-template":
		return len(before) > 3
	case "stats":
		return len(before) > 2
	case "default-server", "default-bind":
		return true
	}
	// A ruleset: its action comes directly after it.
	return len(features.Options(strings.Join(before, " "))) > 0
}

// rows are the next words of a section's keywords that begin with words.
func rows(section string, words []string) []completionItem {
	var list []completionItem
	seen := map[string]bool{}
	for _, e := range features.Describe(section) {
		f := strings.Fields(e.Name)
		if len(f) <= len(words) || !slices.Equal(f[:len(words)], words) || seen[f[len(words)]] {
			continue
		}
		seen[f[len(words)]] = true
		if len(f) == len(words)+1 {
			list = append(list, entryItem(e, f[len(words)]))
		} else {
			list = append(list, completionItem{Label: f[len(words)], Kind: kindKeyword})
		}
	}
	return list
}

// names are those of sections.
func names(d *document, kinds ...string) []completionItem {
	list := []completionItem{}
	for _, h := range d.headings() {
		if h.name != "" && slices.Contains(kinds, h.kind) {
			list = append(list, completionItem{Label: h.name, Kind: kindReference, Detail: h.kind})
		}
	}
	return list
}

// conditionItems are what a condition is made of.
func conditionItems(d *document, at int) []completionItem {
	list := []completionItem{}
	seen := map[string]bool{}
	for _, a := range d.acls(at) {
		if !seen[a.name] {
			seen[a.name] = true
			list = append(list, completionItem{Label: a.name, Kind: kindReference, Detail: strings.TrimSpace(d.line(a.line))})
		}
	}
	for _, a := range rule.PredefinedACLs() {
		list = append(list, item(a.Name, kindReference, "acl "+a.Name, a.Doc, features.Built))
	}
	return append(list, completionItem{Label: "or", Kind: kindKeyword}, completionItem{Label: "{", Kind: kindKeyword})
}

// expressionAt says whether a fetch or converter is being written.
func expressionAt(written string) bool {
	end := len(written)
	for end > 0 && written[end-1] != '[' && written[end-1] != ',' && written[end-1] != ' ' && written[end-1] != '\t' {
		end--
	}
	return expression(written[:end])
}

// expressionItems are converters after a comma, else fetches.
func expressionItems(written string) []completionItem {
	start := max(strings.LastIndexAny(written, " \t"), strings.LastIndex(written, "%[")+1)
	piece, depth, converters := written[start+1:], 0, false
	for _, c := range piece {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			converters = converters || depth == 0
		}
	}
	entries := sample.Fetches()
	if converters {
		entries = sample.Converters()
	}
	list := []completionItem{}
	for _, e := range entries {
		list = append(list, item(e.Name, kindFunction, signature(e), e.Doc, built(e.Built)))
	}
	if !converters && !strings.HasPrefix(piece, "%[") && !strings.Contains(written[:start+1], "%[") {
		for _, a := range rule.Derivatives() {
			list = append(list, item(a.Name, kindFunction, derivative(a), "", features.Built))
		}
	}
	return list
}

// derivative is what a name that only ACLs know stands for.
func derivative(a rule.Derivative) string { return a.Name + " = " + a.Fetch + " -m " + a.Method }

func entryItem(e features.Entry, label string) completionItem {
	return item(label, kindKeyword, e.Syntax, e.Doc, e.State)
}

func item(label string, kind int, detail, doc string, s features.State) completionItem {
	c := completionItem{Label: label, Kind: kind, Detail: detail, Documentation: &markup{"markdown", doc + "\n" + state(s)}}
	if s == features.NotBuilt {
		c.Tags = []int{1}
	}
	return c
}
