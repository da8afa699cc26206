package diff

import (
	"hash/maphash"
	"sort"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// places tell where the lines of a configuration stand.
type places struct {
	keywords map[string]config.Sections // of the language, whole ("timeout client"), and where they act
	heads    map[string][]*head
	last     *head
	globals  []*head
	// sections are the lines by the section they belong to.
	sections map[config.Pos]*head
}

// head is a line that begins a section.
type head struct {
	line  int
	title string
	proxy bool
	lines []placed
	sum   maphash.Hash // of the words of all lines, but for kind and names
}

type placed struct {
	words string // the first of them
	pos   config.Pos
}

// maxKeyword is of how many words a keyword may be, a prefix included.
const maxKeyword = 5

func keywordsOf(tables []config.Table) map[string]config.Sections {
	m := map[string]config.Sections{}
	for _, list := range [][]config.Table{config.Rows(), tables} {
		for _, t := range list {
			for _, row := range t {
				m[row.Name] |= row.In
			}
		}
	}
	return m
}

// note takes a line that was acted on.
func (p *places) note(pos config.Pos, words []string) {
	if config.IsSection(words[0]) {
		if p.heads == nil {
			p.heads, p.sections = map[string][]*head{}, map[config.Pos]*head{}
		}
		title := words[0]
		if len(words) > 1 && (words[0] != "defaults" || words[1] != "from" || len(words) == 2) {
			title += " " + words[1]
		}
		h := &head{line: pos.Line, title: title, proxy: isProxy(words[0])}
		h.sum.SetSeed(seed)
		if len(words) > 2 && words[2] != "from" && words[0] != "defaults" {
			h.add(words[2:]) // addresses, as they were written once
		}
		p.heads[pos.File] = append(p.heads[pos.File], h)
		p.sections[pos], p.last = h, h
		if words[0] == "global" {
			p.globals = append(p.globals, h)
		}
		return
	}
	if p.last != nil {
		p.last.add(words)
	}
	switch words[0] {
	case "server", "bind", "acl", "http-request", "http-response", "use_backend":
		if p.last != nil && p.last.proxy {
			return // these know where they stand
		}
	}
	if p.last != nil {
		p.last.lines = append(p.last.lines, placed{strings.Join(words[:min(len(words), maxKeyword)], " "), pos})
	}
}

// seed is what all sums have in common, so that they can be compared.
var seed = maphash.MakeSeed()

// add takes the words of a line into the sum.
func (h *head) add(words []string) {
	for _, w := range words {
		h.sum.WriteString(w)
		h.sum.WriteByte(0)
	}
	h.sum.WriteByte(1)
}

// sameWords says whether two proxies were written in the same words, and so were the
// defaults sections that they inherit from: then there is nothing to compare. What
// makes a word another one (variables, conditions) has been settled; the contents
// of files are compared by themselves.
func sameWords(a *places, p *config.Proxy, b *places, q *config.Proxy) bool {
	for p != nil && q != nil {
		x, y := a.sections[p.Pos], b.sections[q.Pos]
		if x == nil || y == nil || x.sum.Sum64() != y.sum.Sum64() {
			return false
		}
		p, q = p.From, q.From
	}
	return p == nil && q == nil
}

func isProxy(keyword string) bool {
	return keyword == "defaults" || keyword == "frontend" || keyword == "backend" || keyword == "listen"
}

// home is the title of the section in which a line stands.
func (p *places) home(pos config.Pos) string {
	heads := p.heads[pos.File]
	i := sort.Search(len(heads), func(i int) bool { return heads[i].line > pos.Line })
	if i == 0 {
		return ""
	}
	return heads[i-1].title
}

// keyword is that of a canonical line.
func (p *places) keyword(line string) string {
	line = bare(line)
	words := strings.SplitN(line, " ", maxKeyword)
	for n := min(len(words), maxKeyword-1); n > 1; n-- {
		if k := strings.Join(words[:n], " "); p.keywords[k] != 0 {
			return k
		}
	}
	return words[0]
}

// bare is a line without the prefix that turns it off.
func bare(line string) string {
	line = strings.TrimPrefix(line, "no ")
	return strings.TrimPrefix(line, "default ")
}

// find returns where the lines of a section with a keyword were written. A
// section without a place is global.
func (p *places) find(section config.Pos, keyword string) (list []config.Pos) {
	heads := p.globals
	if section.IsValid() {
		heads = []*head{p.sections[section]}
	}
	for _, h := range heads {
		if h == nil {
			continue
		}
		for _, l := range h.lines {
			rest, ok := strings.CutPrefix(bare(l.words), keyword)
			if ok && (rest == "" || rest[0] == ' ' || rest[0] == '(') {
				list = append(list, l.pos)
			}
		}
	}
	return list
}

// settings returns where n settings of one keyword of a proxy were written: in
// its section, or in the defaults sections that it inherits from.
func (p *places) settings(of *config.Proxy, keyword string, n int) []config.Pos {
	var list []config.Pos
	for at := of; at != nil && len(list) < n; at = at.From {
		list = append(p.find(at.Pos, keyword), list...)
	}
	return fit(list, n)
}

// fit returns n of the places: the last ones, or one of them again and again
// where it is not known which line is which.
func fit(list []config.Pos, n int) []config.Pos {
	if len(list) == 0 {
		return make([]config.Pos, n)
	}
	for len(list) < n {
		list = append(list, list[len(list)-1])
	}
	return list[len(list)-n:]
}
