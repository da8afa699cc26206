package explain

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// JSON writes the report as one object on one line.
func (r *Report) JSON() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // it holds nothing that could not be written
	}
	return string(b) + "\n"
}

// Text writes the report for a reader.
func (r *Report) Text() string {
	var b strings.Builder
	what := cmp.Or(r.Request, "connection")
	fmt.Fprintf(&b, "%s\n  from %s to frontend %s", show(what), cmp.Or(r.Client, "an unknown client"), r.Frontend)
	if r.Listener != "" {
		fmt.Fprintf(&b, ", %s", r.Listener)
	}
	b.WriteString("\n")
	for _, n := range r.Nodes {
		n.text(&b, 0)
	}
	if r.Cut {
		b.WriteString("  ... and more, which is not shown\n")
	}
	b.WriteString("\n")
	r.Outcome.text(&b)
	return b.String()
}

func (n *Node) text(b *strings.Builder, depth int) {
	if n.Kind == Proxy {
		fmt.Fprintf(b, "\n%s\n", n.Text)
		return
	}
	b.WriteString(strings.Repeat("  ", depth+1))
	if n.File != "" {
		fmt.Fprintf(b, "%s:%d  ", n.File, n.Line)
	}
	switch n.Kind {
	case Sample:
		if n.Result != "" {
			fmt.Fprintf(b, "%s = (%s)", n.Text, n.Result)
		} else {
			fmt.Fprintf(b, "%s = %s", n.Text, n.Value)
		}
	case Term, Test:
		fmt.Fprintf(b, "%-7s  %s", cmp.Or(n.Result, "-"), n.Text)
	default:
		b.WriteString(n.Text)
		if n.Result != "" {
			fmt.Fprintf(b, "  -> %s", n.Result)
		}
	}
	b.WriteString("\n")
	for _, c := range n.Nodes {
		c.text(b, depth+1)
	}
}

func (o *Outcome) text(b *strings.Builder) {
	var parts []string
	if o.Backend != "" {
		parts = append(parts, "backend "+o.Backend)
	}
	if o.Server != "" {
		at := ""
		if o.Address != "" {
			at = " at " + o.Address
		}
		parts = append(parts, "server "+o.Server+at)
	}
	if o.Status != 0 {
		s := fmt.Sprintf("answer %d", o.Status)
		if o.Location != "" {
			s += " to " + show(o.Location)
		}
		parts = append(parts, s)
	}
	if o.Termination != "" {
		parts = append(parts, "termination "+o.Termination)
	}
	if o.State != "" {
		parts = append(parts, o.State)
	}
	if len(parts) == 0 {
		parts = []string{"closed without an answer"}
	}
	fmt.Fprintf(b, "=> %s\n", strings.Join(parts, ", "))
	if o.Log != "" {
		fmt.Fprintf(b, "log: %s\n", show(o.Log))
	}
}
