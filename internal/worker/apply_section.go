package worker

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/diff"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// parseSection reads lines as those of a proxy that has nothing else; files are
// those that they may name.
func parseSection(kind string, mode config.Mode, lines []string, files map[string][]byte) (*config.Proxy, error) {
	text := kind + " x\n\tmode " + mode.String() + "\n\t" + strings.Join(lines, "\n\t") + "\n"
	spec, d := config.Parse([]config.File{{Name: "change", Data: []byte(text)}}, config.Options{
		Tables: features.Tables(), Env: config.Env{},
		ReadFile: func(name string) ([]byte, error) {
			if data, ok := files[name]; ok {
				return data, nil
			}
			return nil, fs.ErrNotExist
		},
	})
	for _, m := range d.List {
		if m.Level == config.Alert {
			return nil, errors.New(m.String())
		}
	}
	if len(spec.Proxies) != 1 || len(spec.Defaults) > 0 {
		return nil, errors.New("these are not lines of a proxy")
	}
	return spec.Proxies[0], nil
}

// sides finds the running objects of a section, by its title; spec is nil if there
// are none, for the section is disabled.
func (c *change) sides(title string) (fe *proxy.Frontend, be *proxy.Backend, spec *config.Proxy) {
	if fe = c.frontends[title]; fe != nil {
		spec = fe.Spec
	}
	if strings.Contains(title, " ") {
		if be = c.backends[title]; be != nil {
			spec = be.Spec
		}
	}
	return fe, be, spec
}

// setPages gives proxies other error pages.
func (c *change) setPages(op *diff.Operation) error {
	p, err := parseSection("backend", config.ModeHTTP, op.Lines, c.p.Files)
	if err != nil {
		return err
	}
	pages, err := c.s.run.NewPages(p)
	if err != nil {
		return err
	}
	for _, title := range op.Sections {
		fe, be, spec := c.sides(title)
		if spec == nil {
			continue
		}
		c.inside = append(c.inside, func() {
			spec.ErrorFiles = p.ErrorFiles
			if fe != nil {
				fe.Pages = pages
			}
			if be != nil {
				be.Pages = pages
			}
		})
	}
	return nil
}

// setLogs gives the global section, or proxies, other log targets. The global
// section comes first, since others take its targets.
func (c *change) setLogs(op *diff.Operation) error {
	lines, err := c.logLines(op)
	if err != nil {
		return err
	}
	for _, title := range op.Sections {
		if title == "global" {
			if err := c.setGlobalLogs(lines); err != nil {
				return err
			}
			continue
		}
		if fe, be, spec := c.sides(title); spec != nil {
			if err := c.relog(fe, be, spec, lines); err != nil {
				return err
			}
		}
	}
	return nil
}

// logLines parses log lines.
func (c *change) logLines(op *diff.Operation) ([]*config.LogTarget, error) {
	p, err := parseSection("backend", config.ModeTCP, op.Lines, nil)
	if err != nil {
		return nil, err
	}
	return p.Logs, nil
}

// setGlobalLogs changes the targets of the global section, and of all who have
// "log global".
func (c *change) setGlobalLogs(lines []*config.LogTarget) error {
	run := c.s.run
	targets, err := run.NewTargets(lines, nil)
	if err != nil {
		return err
	}
	c.global, c.globalSet = targets, true
	var all *logs.Output
	if len(targets) > 0 {
		all = run.Hub.Output(logs.OutputSpec{Targets: targets})
	}
	c.inside = append(c.inside, func() {
		run.Spec.Global.Logs = lines
		run.Log = all
	})
	for _, p := range run.Spec.Proxies {
		uses := false
		for _, l := range p.Logs {
			uses = uses || l.Global
		}
		if !uses {
			continue
		}
		fe, be, spec := c.sides(p.Kind.String() + " " + p.Name)
		if spec == nil {
			continue
		}
		if err := c.relog(fe, be, spec, p.Logs); err != nil {
			return fmt.Errorf("%s: %w", p.Title(), err)
		}
	}
	return nil
}

// relog changes what a proxy logs to.
func (c *change) relog(fe *proxy.Frontend, be *proxy.Backend, spec *config.Proxy, lines []*config.LogTarget) error {
	run := c.s.run
	if !c.globalSet {
		var err error
		if c.global, err = run.NewTargets(run.Spec.Global.Logs, nil); err != nil {
			return err
		}
		c.globalSet = true
	}
	targets, err := run.NewTargets(lines, c.global)
	if err != nil {
		return err
	}
	out, err := run.NewOutput(spec, targets)
	if err != nil {
		return err
	}
	c.inside = append(c.inside, func() {
		spec.Logs = lines
		c.s.setOutput(spec, out)
		if fe != nil {
			fe.Output = out
		}
		if be != nil {
			be.Output = out
		}
	})
	return nil
}
