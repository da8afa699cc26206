// Package doctor looks at configurations written for earlier versions of the
// language: it says what replaces each old form, and writes the repaired
// configuration with comments, blank lines, indentation and order kept.
package doctor

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Kind is what a finding is about.
type Kind string

const (
	Old        Kind = "old form"   // the language had it once
	Damaged    Kind = "damaged"    // no line of the language: a mark or an end of file
	Deprecated Kind = "deprecated" // still read, and something better exists
	Unbuilt    Kind = "not built"  // this program does not have it yet
	Error      Kind = "error"      // the repaired configuration is refused for it
)

// Finding is one thing found in a configuration.
type Finding struct {
	File string `json:"file"`
	Line int    `json:"line"` // of the file as it was read; 0: the whole file
	Kind Kind   `json:"kind"`
	Text string `json:"text"`
	// Was is the line, and Now the lines in its place; without any it is removed.
	// Both are set only when Repaired.
	Was string   `json:"was,omitempty"`
	Now []string `json:"now,omitempty"`
	// Note is what differs afterwards.
	Note string `json:"note,omitempty"`
	// Repaired says that the repaired text has it no more.
	Repaired bool `json:"repaired"`
}

// Report is what an examination found.
type Report struct {
	Findings []Finding `json:"findings"`
	// Files are the repaired ones, in their order.
	Files []config.File `json:"-"`
	// Changed are the names of those that differ from what was read.
	Changed []string `json:"changed"`
	// Omitted is how many findings more than maxFindings there were. They are
	// repaired all the same.
	Omitted int `json:"omitted,omitempty"`

	worst, worstFixed int // statuses of what was omitted
}

// maxFindings bounds a report: a file of a few megabytes can have a million old
// lines.
const maxFindings = 10000

func (r *Report) add(f Finding) {
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, f)
		return
	}
	r.Omitted++
	r.worst, r.worstFixed = max(r.worst, f.status(false)), max(r.worstFixed, f.status(true))
}

// status is what a finding makes of the exit status.
func (f *Finding) status(fixed bool) int {
	switch {
	case f.Repaired && fixed:
		return Healthy
	case f.Repaired || f.Kind == Deprecated || f.Kind == Unbuilt:
		return Ill
	}
	return Beyond
}

// Exit statuses of the subcommand.
const (
	Healthy = 0 // nothing to do
	Ill     = 1 // findings
	Beyond  = 2 // something that only a person can repair, or that cannot be read
)

// Status returns the exit status: of the files as they were read or, with fixed,
// of the repaired ones.
func (r *Report) Status(fixed bool) int {
	status := r.worst
	if fixed {
		status = r.worstFixed
	}
	for i := range r.Findings {
		status = max(status, r.Findings[i].status(fixed))
	}
	return status
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	repaired := 0
	for _, f := range r.Findings {
		place := f.File
		if f.Line > 0 {
			place = fmt.Sprintf("%s:%d", f.File, f.Line)
		}
		fmt.Fprintf(w, "%s: %s: %s\n", place, f.Kind, f.Text)
		if f.Repaired {
			repaired++
			if f.Was != "" {
				fmt.Fprintf(w, "  - %s\n", f.Was)
			}
			for _, l := range f.Now {
				fmt.Fprintf(w, "  + %s\n", l)
			}
		}
		if f.Note != "" {
			fmt.Fprintf(w, "  note: %s\n", f.Note)
		}
	}
	if r.Omitted > 0 {
		fmt.Fprintf(w, "... and %d more findings that are not shown\n", r.Omitted)
	}
	_, err := fmt.Fprintf(w, "%d findings, %d of them repaired by --fix\n", len(r.Findings), repaired)
	return err
}

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer, fixed bool) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	shown := *r
	if shown.Findings == nil {
		shown.Findings = []Finding{}
	}
	if shown.Changed == nil {
		shown.Changed = []string{}
	}
	out := struct {
		Status int `json:"status"`
		*Report
	}{r.Status(fixed), &shown}
	return e.Encode(out)
}
