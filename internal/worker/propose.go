package worker

import (
	"encoding/json"
	"runtime/debug"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/diff"
)

// former is the configuration that serves, as it is read beside the new one.
type former struct {
	side *diff.Side
	diag *config.Diagnostics
	done chan struct{}
}

// read parses the configuration. Where this load may propose changes to the worker
// that serves, it also reads that one's, and notes what a comparison needs.
func (l *load) read(files []config.File, o config.Options) (*config.Spec, *config.Diagnostics) {
	if l.worker == nil || l.worker.Checking() || l.worker.Former() == nil {
		return config.Parse(files, o)
	}
	l.former = l.readFormer()
	side, diag := diff.Parse(files, o)
	l.side = side
	return side.Spec, diag
}

func (l *load) readFormer() *former {
	archive := l.worker.Former()
	files := make([]config.File, 0, len(archive.Files))
	for _, f := range archive.Files {
		files = append(files, config.File{Name: f.Name, Data: f.Data})
	}
	o := l.options(l.parseEnv())
	o.ReadFile = archive.Read
	f := &former{done: make(chan struct{})}
	go func() {
		defer close(f.done)
		defer archive.Close()
		f.side, f.diag = diff.Parse(files, o)
	}()
	return f
}

// propose asks for the worker that serves to be changed in place of being replaced,
// if that can be ("mworker-inplace"). Where it happens the master ends this process;
// otherwise the load goes on, and the log says why.
func (l *load) propose() error {
	if l.side == nil {
		return nil
	}
	l.at("comparing", "")
	defer debug.SetGCPercent(debug.SetGCPercent(loadGCPercent))
	<-l.former.done
	old, diag := l.former.side, l.former.diag
	if diag.Failed() {
		l.report.Noticef("Not in place: the configuration that serves cannot be read any more.")
		return nil
	}
	d := diff.Compare(old, l.side)
	l.side, l.former = nil, nil
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
