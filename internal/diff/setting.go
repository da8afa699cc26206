package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// series are the keywords whose lines act on each other in their order although
// their names differ.
var series = []struct{ prefix, name string }{
	{"http-check", "health checks"}, {"option httpchk", "health checks"}, {"tcp-check", "health checks"}, {"option tcp-check", "health checks"},
	{"capture ", "captures"}, {"declare capture ", "captures"},
	{"setenv", "environment"}, {"presetenv", "environment"}, {"resetenv", "environment"}, {"unsetenv", "environment"},
	{"set-var", "variables"},
}

func seriesOf(keyword string) string {
	for _, s := range series {
		if strings.HasPrefix(keyword, s.prefix) {
			return s.name
		}
	}
	return keyword
}

// settings compares settings: by keyword, since their order means something only
// among those of one. place finds where n settings of a keyword stand.
func (c *comparison) settings(section string, p *config.Proxy, old, new []string, place func(s *Side, keyword string, n int) []config.Pos) {
	if slices.Equal(old, new) {
		return
	}
	in := config.InGlobal
	if p != nil {
		in = sectionsOf[p.Kind]
	}
	a, b := bySeries(c.old, old, in), bySeries(c.new, new, in)
	names := maps.Clone(a)
	maps.Copy(names, b)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if same(a[name], b[name]) {
			continue
		}
		locate(c.old, a[name], place)
		locate(c.new, b[name], place)
		c.list(Setting, section, p, compare(a[name], b[name], true))
	}
}

var sectionsOf = map[config.Kind]config.Sections{
	config.KindFrontend: config.InFrontend, config.KindBackend: config.InBackend, config.KindListen: config.InListen,
}

// bySeries sorts the settings that act in a section. (A proxy inherits others as
// well, which are for other kinds of proxies.)
func bySeries(s *Side, lines []string, in config.Sections) map[string][]item {
	m := map[string][]item{}
	for _, l := range lines {
		k := s.places.keyword(l)
		if acts := s.places.keywords[k]; acts != 0 && acts&in == 0 {
			continue
		}
		m[seriesOf(k)] = append(m[seriesOf(k)], item{key: k, text: l})
	}
	return m
}

func same(a, b []item) bool {
	return slices.EqualFunc(a, b, func(x, y item) bool { return x.text == y.text })
}

// locate finds where the items stand.
func locate(s *Side, list []item, place func(s *Side, keyword string, n int) []config.Pos) {
	of := map[string][]int{}
	for i := range list {
		of[list[i].key] = append(of[list[i].key], i)
	}
	for keyword, at := range of {
		for n, pos := range place(s, keyword, len(at)) {
			list[at[n]].pos = pos
		}
	}
}
