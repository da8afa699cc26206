package diff

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// InPlace says whether the worker that serves the old configuration can become
// one that serves the new.
type InPlace struct {
	Possible   bool        `json:"possible"`
	Operations []Operation `json:"operations,omitempty"`
	Reasons    []string    `json:"reasons,omitempty"` // why not

	files map[string][]byte // that the operations name
}

// maxReasons is how many reasons are told.
const maxReasons = 10

// plan is an InPlace in the making.
type plan struct {
	c       *comparison
	ops     []Operation
	reasons []string
	omitted int
	files   map[string][]byte
	readers map[config.Pos][]string // files by the line that reads them
	logs    map[string]bool         // sections with other log targets
	pages   bool
}

func (p *plan) never(format string, args ...any) {
	if len(p.reasons) == maxReasons {
		p.omitted++
		return
	}
	p.reasons = append(p.reasons, fmt.Sprintf(format, args...))
}

// inPlace says how the running worker can make the changes.
func (c *comparison) inPlace() InPlace {
	p := &plan{c: c, logs: map[string]bool{}, files: map[string][]byte{}}
	for i := range c.changes {
		p.change(&c.changes[i])
	}
	if len(c.changes) == 0 {
		// Who asks for a reload nevertheless wants what only a new worker reads anew.
		p.never("nothing differs")
	} else {
		p.lookedUp()
	}
	if len(p.reasons) == 0 {
		p.setPages()
		p.setLogs()
	}
	if len(p.reasons) > 0 {
		if p.omitted > 0 {
			p.reasons = append(p.reasons, fmt.Sprintf("and %s", count(p.omitted, "other reason")))
		}
		return InPlace{Reasons: p.reasons}
	}
	return InPlace{Possible: true, Operations: p.ops, files: p.files}
}

func (p *plan) change(ch *Change) {
	at := ch.NewAt
	if at == "" {
		at = ch.OldAt
	}
	switch {
	case ch.Kind == Server:
		p.server(ch, at)
	case ch.Kind == Content:
		p.content(ch)
	case ch.Kind == Log:
		p.logs[ch.Section] = true
		for _, heir := range ch.Affects {
			p.logs[heir] = true
		}
		if ch.Affects != nil {
			delete(p.logs, ch.Section) // defaults
		}
	case ch.Kind == Page && !strings.HasPrefix(ch.Old+ch.New, "http-error "):
		p.pages = true
	case ch.Kind == Section:
		p.never("%s is %s (%s)", ch.Section, ch.Verb, at)
	default:
		p.never("%s %s of %s %s (%s)", ch.Kind, ch.Name, ch.Section, ch.Verb, at)
	}
}

// server plans a change of a server.
func (p *plan) server(ch *Change, at string) {
	name := ch.proxy.Name + "/" + ch.Name
	do := func(what Do, value string) {
		p.ops = append(p.ops, Operation{Do: what, Backend: ch.proxy.Name, Server: ch.Name, Value: value})
	}
	switch ch.Verb {
	case Moved:
		p.never("server %s is at another place (%s)", name, at)
		return
	case Added, Removed:
		if why := p.fixedServers(ch.proxy); why != "" {
			p.never("server %s is %s, and %s (%s)", name, ch.Verb, why, at)
		} else if ch.Verb == Removed {
			do(RemoveServer, "")
		} else if firstBackup(ch.proxy, ch.newServer) {
			p.never("server %s is a backup before others (%s)", name, at)
		} else {
			p.ops = append(p.ops, Operation{Do: AddServer, Backend: ch.proxy.Name, Server: ch.Name, Line: ch.New})
		}
		return
	}
	old, new := ch.oldServer, ch.newServer
	for _, f := range ch.Fields {
		switch f {
		case "address":
			switch {
			case !literal(&old.Address) || !literal(&new.Address):
				p.never("the address of server %s is no IP address with a port (%s)", name, at)
			case ch.proxy.Hashing.Consistent && (strings.HasPrefix(new.HashKey, "addr") || strings.HasPrefix(old.HashKey, "addr")):
				p.never("server %s is hashed by its address (%s)", name, at)
			case ch.proxy.Cookie != nil && ch.proxy.Cookie.Dynamic && ch.proxy.CookieKey != "" && new.Cookie == "":
				p.never("the cookie of server %s is made of its address (%s)", name, at)
			default:
				do(SetAddress, new.Address.String())
			}
		case "weight":
			if static(ch.proxy) {
				p.never("the weight of server %s is fixed by balance %s (%s)", name, ch.proxy.Balance.Algorithm, at)
			} else {
				do(SetWeight, strconv.Itoa(new.Weight))
			}
		case "maxconn":
			if new.Minconn != 0 {
				p.never("server %s has a minconn (%s)", name, at)
			} else {
				do(SetMaxconn, strconv.Itoa(new.Maxconn))
			}
		case "state":
			do(SetState, map[bool]string{true: "maint", false: "ready"}[new.Disabled])
		default:
			p.never("options of server %s changed (%s)", name, at)
		}
	}
}

// literal tells addresses that are known without looking anything up, and do not
// depend on the client's.
func literal(a *config.Address) bool {
	return a.Host == "" && (a.Family == config.AFIPv4 || a.Family == config.AFIPv6) && a.Port != 0 && a.PortOffset == 0 && !a.Any && !a.MPTCP
}

// hashes says whether the backend chooses servers by a hash.
func hashes(p *config.Proxy) bool {
	switch p.Balance.Algorithm {
	case "roundrobin", "static-rr", "leastconn", "first", "random", "sticky":
		return false
	}
	return true
}

// static tells backends in which servers have a fixed share.
func static(p *config.Proxy) bool {
	return p.Balance.Algorithm == "static-rr" || hashes(p) && !p.Hashing.Consistent
}

// fixedServers says why servers cannot come and go.
func (pl *plan) fixedServers(p *config.Proxy) string {
	switch {
	case len(p.RulesOf("use-server")) > 0:
		return "use-server rules know the servers"
	case len(pl.c.new.Spec.References) > 0:
		return "expressions refer to servers"
	case static(p):
		return "their order counts for balance " + p.Balance.Algorithm
	case p.Balance.Algorithm == "first" && !numbered(p, false):
		return "the numbers of servers without \"id\" count for balance first"
	case hashes(p) && !numbered(p, true):
		return "the numbers of servers without \"id\" or \"hash-key\" count for balance " + p.Balance.Algorithm
	}
	return ""
}

// numbered says whether all servers keep their number, or what else a hash knows
// them by, when others come and go. Without "id" it is their place.
func numbered(p *config.Proxy, hashed bool) bool {
	return !slices.ContainsFunc(p.Servers, func(s *config.Server) bool {
		return s.ID == 0 && !(hashed && (strings.HasPrefix(s.HashKey, "addr") || s.HashKey == "guid" && s.GUID != ""))
	})
}

// firstBackup tells a backup that serves before others that were there already: a
// server that is added is the last one.
func firstBackup(p *config.Proxy, s *config.Server) bool {
	if !s.Backup || p.Options.AllBackups {
		return false
	}
	i := slices.Index(p.Servers, s)
	return slices.ContainsFunc(p.Servers[i+1:], func(o *config.Server) bool { return o.Backup })
}

// content plans other contents of a file.
func (p *plan) content(ch *Change) {
	if ch.Verb == Removed {
		p.never("file %s is gone (%s)", ch.Name, ch.NewAt)
		return
	}
	patterns := false
	for _, r := range p.c.new.Files[ch.Name].Readers {
		words := strings.Fields(r.Line)
		switch {
		case words[0] == "errorfile" && !strings.HasPrefix(p.c.new.places.home(r.Pos), "http-errors "):
			p.pages = true
		case readsPatterns(words, ch.Name):
			patterns = true
		default:
			p.never("file %s is read by '%s' (%s)", ch.Name, words[0], r.Pos)
			return
		}
	}
	if patterns {
		p.ops = append(p.ops, Operation{Do: LoadPatterns, File: ch.Name})
		p.loads(ch.Name)
	}
}

// loads has the files go with the proposal that are read by the lines that read one
// of them: a set may be made of several.
func (p *plan) loads(name string) {
	if p.readers == nil {
		p.readers = map[config.Pos][]string{}
		for name, f := range p.c.new.Files {
			for _, r := range f.Readers {
				p.readers[r.Pos] = append(p.readers[r.Pos], name)
			}
		}
	}
	for _, r := range p.c.new.Files[name].Readers {
		for _, other := range p.readers[r.Pos] {
			if f := p.c.new.Files[other]; f.err == nil {
				p.files[other] = f.Data
			}
		}
	}
}

// readsPatterns tells lines in which the name of a file stands where only patterns
// are read from it: after "-f", and in a map.
func readsPatterns(words []string, name string) bool {
	found := false
	for i, w := range words {
		for at, token := range tokens(w) {
			token = strings.TrimPrefix(strings.TrimPrefix(token, "file@"), "opt@")
			if token == "" || token != name && !strings.HasSuffix(name, "/"+token) { // "default-path" may have added what is before
				continue
			}
			switch {
			case i == 0: // the keyword
			case words[i-1] == "-f" && at == 0, at > 0 && w[at-1] == '(' && isMap(w[:at-1]):
				found = true
			case strings.Contains(token, "/") || strings.HasSuffix(words[i-1], "file"):
				return false
			}
		}
	}
	return found
}

// tokens yields what stands between parentheses and commas, by where it begins.
func tokens(w string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for at := 0; at < len(w); {
			n := strings.IndexAny(w[at:], "(),")
			if n < 0 {
				n = len(w) - at
			}
			if !yield(at, w[at:at+n]) {
				return
			}
			at += n + 1
		}
	}
}

// isMap tells an expression that ends in the name of a converter that looks into a
// map.
func isMap(call string) bool {
	name := call[strings.LastIndexAny(call, ",)")+1:]
	return name == "map" || strings.HasPrefix(name, "map_")
}

// lookedUp refuses when a server has a name: a new worker would look it up again,
// and find perhaps something else.
func (p *plan) lookedUp() {
	n := 0
	for _, px := range p.c.new.Spec.Proxies {
		for _, s := range px.Servers {
			if s.Host == "" {
				continue
			}
			if n++; n == 1 {
				p.never("server %s/%s is looked up by name (%s)", px.Name, s.Name, s.Pos)
			}
		}
	}
}

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

// Proposal returns what a worker is to be asked to apply; nil: it cannot.
func (d *Difference) Proposal() *Proposal {
	if !d.InPlace.Possible {
		return nil
	}
	return &Proposal{Operations: d.InPlace.Operations, Files: d.InPlace.files}
}
