package diff

import (
	"fmt"
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

// Proposal returns what a worker is to be asked to apply; nil: it cannot.
func (d *Difference) Proposal() *Proposal {
	if !d.InPlace.Possible {
		return nil
	}
	return &Proposal{Operations: d.InPlace.Operations, Files: d.InPlace.files}
}
