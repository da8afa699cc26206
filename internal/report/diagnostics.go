package report

import "github.com/sluice-proxy/sluice/internal/config"

// Diagnostics writes what a configuration's reader has to say. Notes for
// debugging are shown on request only ("-dD").
func (r *Reporter) Diagnostics(d *config.Diagnostics, notes bool) {
	for _, m := range d.List {
		if m.Level != config.Diag || notes {
			r.Printf(Level(m.Level.String()), "%s", m.String())
		}
	}
}

// Refusal is Diagnostics for a configuration that failed, with its verdict.
func (r *Reporter) Refusal(d *config.Diagnostics, notes bool) {
	r.Diagnostics(d, notes)
	if last := d.Verdict(); last != "" {
		r.Alertf("%s", last)
	}
}
