package features

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// Entry is what documentation and editors show of a keyword.
type Entry struct {
	Name   string
	Syntax string // the name with its arguments as the manual notes them
	Doc    string // a sentence
	Since  string // first version of HAProxy that has it, "" when it is old or not known
	In     config.Sections
	No     bool // "no" may stand before it
	State  State
}

// State is what becomes of a line with a keyword.
type State uint8

const (
	NotBuilt State = iota // it is refused
	Inert                 // it is checked, and warned of as without effect
	Built
)

// Describe lists what lines of a section may begin with, by name; none when
// there is no such section.
func Describe(section string) []Entry {
	for _, s := range config.SectionNames() {
		if s.Name == section {
			return entries(s.In, s.Part == "")
		}
	}
	return nil
}

// Options lists what may follow the address or the ruleset of a line of several
// words, given by its keyword: "bind", "server", "http-request"; none when its
// words are not listed.
func Options(keyword string) []Entry {
	switch keyword {
	case "bind", "default-bind", "dgram-bind", "stats socket":
		return options(config.BindOptions())
	case "server", "default-server", "server-template", "peer":
		return options(config.ServerOptions())
	}
	var list []Entry
	for _, a := range rule.Actions(keyword) {
		list = append(list, action(&a))
	}
	return list
}

// entries lists the rows of sections; of those that have one name in the same
// sections the first counts.
func entries(in config.Sections, built bool) []Entry {
	seen := map[string]config.Sections{}
	var list []Entry
	for _, table := range append(Tables(), config.Rows()...) {
		for i := range table {
			k := &table[i]
			if k.In&in == 0 || k.Group || seen[k.Name]&k.In&in != 0 {
				continue
			}
			seen[k.Name] |= k.In
			e := Entry{Name: k.Name, Syntax: k.Syntax, Doc: k.Doc, Since: k.Since, In: k.In, No: k.No, State: NotBuilt}
			switch {
			case k.Old:
				e.State = Built
			case k.Parse == nil || k.Part != "" || !built:
			case k.Inert:
				e.State = Inert
			default:
				e.State = Built
			}
			list = append(list, e.named())
		}
	}
	slices.SortStableFunc(list, byName)
	return list
}

func options(rows []config.Option) []Entry {
	var list []Entry
	for _, o := range rows {
		list = append(list, Entry{Name: o.Name, Syntax: o.Syntax, Doc: o.Doc, Since: o.Since, State: state(o.Built)}.named())
	}
	slices.SortStableFunc(list, byName)
	return list
}

func action(a *rule.ActionRow) Entry {
	e := Entry{Name: strings.TrimSuffix(a.Name, "(*)"), Doc: a.Doc, State: state(a.Built())}
	switch {
	case strings.HasPrefix(a.Args, "("):
		e.Syntax = e.Name + a.Args
	case a.Args != "":
		e.Syntax = e.Name + " " + a.Args
	}
	return e.named()
}

func state(built bool) State {
	if built {
		return Built
	}
	return NotBuilt
}

// named gives an entry without arguments its name as syntax.
func (e Entry) named() Entry {
	if e.Syntax == "" {
		e.Syntax = e.Name
	}
	return e
}

func byName(a, b Entry) int { return cmp.Compare(a.Name, b.Name) }
