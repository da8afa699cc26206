package config

import (
	"iter"
	"strings"
)

// What follows lists what a Spec has in force, as lines in the form of String:
// two Specs that list the same mean the same. Lines that stand at a place of
// their own (binds, servers, ACLs, rules, log targets, error pages) are left to
// the caller, who finds them with their Pos in the Spec.

// Settings returns the other settings of the proxy, those it inherited included,
// one a line and without those that have their default value.
func (p *Proxy) Settings() []string {
	bare, base := *p, newProxy(p.Kind, "", Pos{})
	bare.Binds, bare.Servers, bare.ACLs, bare.Rules, bare.Logs, bare.ErrorFiles = nil, nil, nil, nil, nil, nil
	bare.DefaultServer = base.DefaultServer // what it sets, the servers have
	return lines(func(t *textWriter) { t.proxy(&bare, base) })
}

// Settings returns the settings of the section without log targets and stats
// sockets.
func (g *Global) Settings() []string {
	bare := *g
	bare.Logs, bare.StatsSockets = nil, nil
	return lines(func(t *textWriter) { t.global(&bare) })
}

// Line returns the bind line of the one address.
func (b *Bind) Line() string {
	return oneLine(append([]string{"bind", b.Address.String()}, bindWords(b)...))
}

// Line returns the server line with every option that does not have its default
// value, wherever it was set.
func (s *Server) Line() string {
	base := defaultServerParams()
	return lines(func(t *textWriter) { t.server(s, &base) })[0]
}

// Line returns the line that sets the page.
func (f *ErrorFile) Line() string {
	return lines(func(t *textWriter) { t.errorFile(f) })[0]
}

// Line returns the log line.
func (l *LogTarget) Line() string {
	return lines(func(t *textWriter) { t.logs([]*LogTarget{l}) })[0]
}

// Line returns the words as a line that begins with a keyword.
func (d *Directive) Line(keyword string) string {
	return oneLine(append(strings.Fields(keyword), d.Words...))
}

// OtherSection is a section that is neither global nor a proxy.
type OtherSection struct {
	SectionHead
	Keyword string
	Lines   []string
}

// Others lists those sections in the order of String.
func (s *Spec) Others() iter.Seq[OtherSection] {
	return func(yield func(OtherSection) bool) {
		for o := range s.others() {
			all := lines(o.write)
			keyword, _, _ := strings.Cut(all[0], " ")
			if !yield(OtherSection{*o.head(), keyword, all[1:]}) {
				return
			}
		}
	}
}

// lines collects what write writes.
func lines(write func(*textWriter)) []string {
	var list []string
	write(&textWriter{each: func(l string) { list = append(list, l) }})
	return list
}

func oneLine(words []string) string {
	return lines(func(t *textWriter) { t.words(words) })[0]
}
