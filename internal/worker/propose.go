package worker

import (
	"encoding/json"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/diff"
)

// read parses the configuration. Where this load may propose changes to the worker
// that serves, it also notes what a comparison needs.
func (l *load) read(files []config.File, o config.Options) (*config.Spec, *config.Diagnostics) {
	if l.worker == nil || l.worker.Checking() || l.worker.Former() == nil {
		return config.Parse(files, o)
	}
	side, diag := diff.Parse(files, o)
	l.side = side
	return side.Spec, diag
}

// propose asks for the worker that serves to be changed in place of being replaced,
// if that can be ("mworker-inplace"). Where it happens the master ends this process;
// otherwise the load goes on, and the log says why.
func (l *load) propose() error {
	if l.side == nil {
		return nil
	}
	l.at("comparing", "")
	former := l.worker.Former()
	files := make([]config.File, 0, len(former.Files))
	for _, f := range former.Files {
		files = append(files, config.File{Name: f.Name, Data: f.Data})
	}
	o := l.options(l.parseEnv())
	o.ReadFile, o.Seen = former.Read, nil
	old, diag := diff.Parse(files, o)
	former.Close()
	if diag.Failed() {
		l.report.Noticef("Not in place: the configuration that serves cannot be read any more.")
		return nil
	}
	d := diff.Compare(old, l.side)
	l.side = nil
	p := d.Proposal()
	if p == nil {
		l.report.Noticef("Not in place: %s.", strings.Join(d.InPlace.Reasons, "; "))
		return nil
	}
	changes, err := json.Marshal(proposal{programID(), *p})
	if err != nil {
		return err
	}
	l.at("proposing", "")
	declined, err := l.worker.Propose(changes)
	if err != nil {
		return err
	}
	l.report.Noticef("Not in place: %s.", declined)
	return nil
}
