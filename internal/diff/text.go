package diff

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteJSON writes the difference as one JSON value and a line feed.
func (d *Difference) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// WriteText writes the difference for people: every change with its lines, then
// what a reload keeps and ends.
func (d *Difference) WriteText(w io.Writer) error {
	p := printer{w: w}
	if d.Same {
		p.line("No difference.")
		return p.err
	}
	last := ""
	for i := range d.Changes {
		ch := &d.Changes[i]
		head := ch.Section
		if ch.Kind == Content {
			head = "files"
		}
		if head != last && ch.Kind != Section {
			p.line("%s", head)
			last = head
		}
		p.change(ch)
	}
	p.consequences(d)
	return p.err
}

// printer writes lines until that fails.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, strings.Map(printable, fmt.Sprintf(format, args...))+"\n")
	}
}

// printable keeps a line one line, whatever name is in it.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return '?'
	}
	return r
}

func (p *printer) change(ch *Change) {
	at := ch.NewAt
	switch {
	case at == "":
		at = ch.OldAt
	case ch.OldAt != "" && ch.OldAt != ch.NewAt:
		at = ch.OldAt + " -> " + at
	}
	if at != "" {
		at = " (" + at + ")"
	}
	if ch.Kind == Section {
		p.line("%s %s%s", ch.Verb, ch.Section, at)
		return
	}
	what := string(ch.Kind)
	if ch.Name != "" {
		what += " " + ch.Name
	}
	if ch.Fields != nil {
		what += ": " + strings.Join(ch.Fields, ", ")
	}
	p.line("  %s %s%s", ch.Verb, what, at)
	switch {
	case ch.Kind == Content:
		p.line("      used in %s", some(ch.Affects))
		return
	case ch.Affects != nil:
		p.line("      inherited by %s", some(ch.Affects))
	}
	if ch.Verb == Moved {
		p.line("      %s", ch.New)
		return
	}
	if ch.Old != "" {
		p.line("    - %s", ch.Old)
	}
	if ch.New != "" {
		p.line("    + %s", ch.New)
	}
}

// consequences writes what a reload would do.
func (p *printer) consequences(d *Difference) {
	r := &d.Reload
	p.line("reload")
	for _, x := range []struct {
		what string
		list []string
	}{
		{"sockets kept", r.Kept}, {"sockets opened", r.Opened}, {"sockets closed", r.Closed},
		{"connections finish in the old worker", r.Drained}, {"begins anew", r.Anew}, {"states of servers from a file", r.States},
	} {
		if len(x.list) > 0 {
			p.line("  %s: %s", x.what, some(x.list))
		}
	}
	if d.InPlace.Possible {
		p.line("  in place: possible, %s", count(len(d.InPlace.Operations), "operation"))
		return
	}
	for _, reason := range d.InPlace.Reasons {
		p.line("  not in place: %s", reason)
	}
}

// shown is how many names of a list are written.
const shown = 8

// some writes a list of names, of a long one the beginning.
func some(list []string) string {
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
