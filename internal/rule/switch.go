package rule

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Case is a compiled use_backend.
type Case struct {
	Pos   config.Pos
	Words []string // the line
	Cond  *Cond    // nil: always
	// Name is the backend's name; Dynamic gives it at run time instead.
	Name    string
	Dynamic *sample.Format
	// Index is for the owner of the backends, who may number the static ones;
	// Select gives it back.
	Index int

	mentions *mentions
	users    []*sample.UserList // that it may ask; nil: none
}

// Switch is the use_backend rules of a frontend in their order.
type Switch []*Case

// CollectSwitch gives the compiled use_backend rules of p.
func CollectSwitch(p *config.Proxy) Switch { return collectCases(p, "use_backend") }

func collectCases(p *config.Proxy, keyword string) Switch {
	var s Switch
	for _, d := range p.RulesOf(keyword) {
		if r, ok := d.Program.(*Case); ok {
			if r.Cond != nil {
				r.Cond.settle()
			}
			if r.users == nil {
				r.users = r.mentions.lists()
			}
			s = append(s, r)
		}
	}
	return s
}

// Select gives the first case at or after from whose condition holds, its
// position, and the name of the backend: the case's own, or the bytes its
// format made, valid until c.Out is used again. Nil when none holds. The caller
// goes on from position+1 when the backend is disabled, and falls back to
// default_backend when a dynamic name means no backend (manual 4.2).
func (s Switch) Select(c *sample.Ctx, from int) (r *Case, at int, name []byte) {
	for i := from; i < len(s); i++ {
		r := s[i]
		if c.Why != nil {
			line(c, r.Pos, r.Words)
		}
		if r.Cond != nil && !r.Cond.True(c) {
			if c.Why != nil {
				c.Why.Close("no")
			}
			continue
		}
		if r.Dynamic != nil {
			c.Out = r.Dynamic.Append(c.Out[:0], c)
			name = c.Out
		}
		if c.Why != nil {
			c.Why.Close(r.chosen(name))
		}
		return r, i, name
	}
	return nil, len(s), nil
}
