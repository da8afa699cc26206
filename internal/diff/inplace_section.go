package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// setPages plans the error pages of all proxies that have others now.
func (p *plan) setPages() {
	if !p.pages {
		return
	}
	was := map[string]*config.Proxy{}
	for _, px := range p.c.old.Spec.Proxies {
		was[title(px)] = px
	}
	oldGroups, newGroups := p.c.old.Spec.ErrorGroups(), p.c.new.Spec.ErrorGroups()
	same := map[string]int{} // lines to the operation that sets them
	for _, px := range p.c.new.Spec.Proxies {
		if len(px.ErrorFiles) == 0 && len(was[title(px)].ErrorFiles) == 0 {
			continue
		}
		old, new := oldGroups.PagesOf(was[title(px)]), newGroups.PagesOf(px)
		if maps.EqualFunc(old, new, samePage) {
			continue
		}
		var lines []string
		for _, status := range slices.Sorted(maps.Keys(new)) {
			f := new[status]
			if f.Reply != nil {
				p.never("%s has an http-error (%s)", title(px), f.Pos)
				return
			}
			lines = append(lines, f.Line())
		}
		key := strings.Join(lines, "\n")
		i, again := same[key]
		if !again {
			i = len(p.ops)
			same[key] = i
			p.ops = append(p.ops, Operation{Do: SetPages, Lines: lines})
		}
		p.ops[i].Sections = append(p.ops[i].Sections, title(px))
		for _, f := range new {
			if f.Path != "" {
				p.files[f.Path] = f.Data
			}
		}
	}
}

func samePage(a, b *config.ErrorFile) bool {
	return a.Line() == b.Line() && string(a.Data) == string(b.Data)
}

// setLogs plans the log targets of the sections that have others now.
func (p *plan) setLogs() {
	same := map[string]int{}
	set := func(section string, targets []*config.LogTarget) {
		if !p.logs[section] {
			return
		}
		lines := make([]string, 0, len(targets))
		for _, l := range targets {
			lines = append(lines, l.Line())
		}
		key := strings.Join(lines, "\n")
		i, again := same[key]
		if !again {
			i = len(p.ops)
			same[key] = i
			p.ops = append(p.ops, Operation{Do: SetLogs, Lines: lines})
		}
		p.ops[i].Sections = append(p.ops[i].Sections, section)
	}
	set("global", p.c.new.Spec.Global.Logs)
	for _, px := range p.c.new.Spec.Proxies {
		set(title(px), px.Logs)
	}
}
