package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

func title(p *config.Proxy) string { return p.Kind.String() + " " + p.Name }

// proxies compares the proxies that have kind and name in common.
func (c *comparison) proxies() {
	was := make(map[string]*config.Proxy, len(c.old.Spec.Proxies))
	for _, p := range c.old.Spec.Proxies {
		was[title(p)] = p
	}
	is := make(map[string]bool, len(c.new.Spec.Proxies))
	for _, p := range c.new.Spec.Proxies {
		name := title(p)
		is[name] = true
		if old := was[name]; old != nil {
			if !sameWords(&c.old.places, old, &c.new.places, p) {
				c.proxy(old, p)
			}
			continue
		}
		c.changes = append(c.changes, Change{Verb: Added, Kind: Section, Section: name, Name: p.Name, New: name, NewAt: p.Pos.String(), proxy: p})
	}
	for _, p := range c.old.Spec.Proxies {
		if name := title(p); !is[name] {
			c.changes = append(c.changes, Change{Verb: Removed, Kind: Section, Section: name, Name: p.Name, Old: name, OldAt: p.Pos.String(), proxy: p})
		}
	}
}

// proxy compares two versions of a proxy.
func (c *comparison) proxy(old, new *config.Proxy) {
	section := title(new)
	of := map[*Side]*config.Proxy{c.old: old, c.new: new}
	c.settings(section, new, old.Settings(), new.Settings(), func(s *Side, keyword string, n int) []config.Pos {
		return s.places.settings(of[s], keyword, n)
	})
	c.list(Bind, section, new, compare(binds(old), binds(new), false))
	c.list(Log, section, new, compare(logs(old.Logs), logs(new.Logs), false))
	c.list(Page, section, new, compare(pages(old), pages(new), pagesInOrder(old) || pagesInOrder(new)))
	c.list(ACL, section, new, compare(acls(old), acls(new), false))
	sets := map[string]bool{}
	for _, p := range []*config.Proxy{old, old.From, new, new.From} {
		if p != nil {
			for set := range p.Rules {
				sets[set] = true
			}
		}
	}
	for _, set := range slices.Sorted(maps.Keys(sets)) {
		before := len(c.changes)
		c.list(Rule, section, new, compare(rules(old, set), rules(new, set), true))
		for i := before; i < len(c.changes); i++ {
			c.changes[i].Name = set
		}
	}
	c.list(Server, section, new, compare(servers(old), servers(new), true))
}

func binds(p *config.Proxy) []item {
	list := make([]item, 0, len(p.Binds))
	for _, b := range p.Binds {
		list = append(list, item{key: b.Address.String(), text: b.Line(), pos: b.Pos})
	}
	return list
}

func servers(p *config.Proxy) []item {
	list := make([]item, 0, len(p.Servers))
	for _, s := range p.Servers {
		list = append(list, item{key: s.Name, text: s.Line(), pos: s.Pos, server: s})
	}
	return list
}

func logs(targets []*config.LogTarget) []item {
	list := make([]item, 0, len(targets))
	for _, l := range targets {
		key := l.Address
		if l.Global {
			key = "global"
		}
		list = append(list, item{key: key, text: l.Line(), pos: l.Pos})
	}
	return list
}

// pagesInOrder says whether a page may be one of several for its status.
func pagesInOrder(p *config.Proxy) bool {
	return slices.ContainsFunc(p.ErrorFiles, func(f *config.ErrorFile) bool { return f.Status == 0 })
}

func pages(p *config.Proxy) []item {
	list := make([]item, 0, len(p.ErrorFiles))
	for _, f := range p.ErrorFiles {
		line := f.Line()
		words := strings.SplitN(line, " ", 3)
		list = append(list, item{key: strings.Join(words[:2], " "), text: line, pos: f.Pos})
	}
	return list
}

// acls are those of the proxy and, if it inherits rules, those that these name.
func acls(p *config.Proxy) []item {
	list := make([]item, 0, len(p.ACLs))
	add := func(of *config.Proxy) {
		for _, d := range of.ACLs {
			list = append(list, item{key: d.Words[0], text: d.Line("acl"), pos: d.Pos})
		}
	}
	if p.From != nil && len(p.From.Rules) > 0 {
		add(p.From)
	}
	add(p)
	return list
}

func rules(p *config.Proxy, set string) []item {
	all := p.RulesOf(set)
	list := make([]item, 0, len(all))
	for _, d := range all {
		list = append(list, item{text: d.Line(set), pos: d.Pos})
	}
	return list
}

// fields names what two versions of a server differ in.
func fields(old, new *config.Server) (list []string) {
	a, b := *old, *new
	differ := func(yes bool, name string) {
		if yes {
			list = append(list, name)
		}
	}
	differ(a.Address != b.Address, "address")
	differ(a.Weight != b.Weight, "weight")
	differ(a.Maxconn != b.Maxconn, "maxconn")
	differ(a.Disabled != b.Disabled, "state")
	a.Address, a.Weight, a.Maxconn, a.Disabled = b.Address, b.Weight, b.Maxconn, b.Disabled
	differ(a.Line() != b.Line(), "options")
	return list
}
