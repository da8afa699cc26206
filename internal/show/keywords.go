// Package show prints what the command line asks to see of a process that has
// read its configuration: the keywords it knows ("-dK"), the processors and the
// threads on them ("-dc"), and the files it is made of ("-dA").
package show

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// class is a class of keywords.
type class struct {
	name, what string
	print      func(io.Writer)
}

// classes lists them in the order in which "all" prints them.
func classes() []class {
	return []class{
		{"acl", "ACL keywords", aclKeywords},
		{"cfg", "configuration keywords", configuration},
		{"cli", "CLI keywords", cliKeywords},
		{"cnv", "sample converter keywords", converters},
		{"flt", "filter names", func(w io.Writer) { list(w, "filter names", Filters()) }},
		{"smp", "sample fetch functions", fetches},
		{"svc", "service names", func(w io.Writer) { list(w, "service names", Services()) }},
	}
}

// Keywords prints the classes named, in the layout of the reference: only what
// can be used. A name that is no class prints nothing; "all" prints everything
// and "help" the names.
func Keywords(to io.Writer, names []string) error {
	w := bufio.NewWriter(to)
	for _, name := range names {
		if name == "help" {
			fmt.Fprintf(w, "# List of supported keyword classes:\nall: list all keywords\n")
			for _, c := range classes() {
				fmt.Fprintf(w, "%s: %s\n", c.name, c.what)
			}
		}
		for _, c := range classes() {
			if name == c.name || name == "all" {
				c.print(w)
			}
		}
	}
	return w.Flush()
}

func list(w io.Writer, what string, lines []string) {
	fmt.Fprintf(w, "# List of registered %s:\n", what)
	slices.Sort(lines)
	for _, l := range slices.Compact(lines) {
		fmt.Fprintln(w, l)
	}
}

func aclKeywords(w io.Writer) {
	var lines []string
	for _, d := range rule.Derivatives() {
		if f := sample.LookupFetch(d.Fetch); f != nil && f.Compile != nil {
			lines = append(lines, fmt.Sprintf("%s = %s -m %s", d.Name, d.Fetch, d.Method))
		}
	}
	list(w, "ACL keywords", lines)
}

func converters(w io.Writer) {
	var lines []string
	for _, t := range sample.ConverterTables() {
		for _, c := range t {
			if c.Compile != nil {
				lines = append(lines, fmt.Sprintf("%s%s: %s => %s", c.Name, inParens(c.Args), c.Out, c.In))
			}
		}
	}
	list(w, "sample converter functions", lines)
}

func fetches(w io.Writer) {
	var rows []sample.Fetch
	for _, t := range sample.FetchTables() {
		for _, f := range t {
			if f.Compile != nil {
				rows = append(rows, f)
			}
		}
	}
	slices.SortFunc(rows, func(a, b sample.Fetch) int { return strings.Compare(a.Name, b.Name) })
	fmt.Fprintln(w, "# List of registered sample fetch functions:")
	places := sample.Places()
	for i, p := range places {
		left, right := strings.Repeat("/ ", i), len(places)-i
		fmt.Fprintf(w, "#%s%s_.%s %s\n", strings.Repeat(" ", right+1), left, strings.Repeat("-", right), p)
	}
	fmt.Fprintf(w, "# %s \n# %s\n", strings.Repeat("/ ", len(places)), strings.Repeat("| ", len(places)))
	for _, f := range rows {
		fmt.Fprint(w, "[ ")
		for _, p := range places {
			if f.Use.At(p) {
				fmt.Fprint(w, "Y ")
			} else {
				fmt.Fprint(w, ". ")
			}
		}
		fmt.Fprintf(w, "] %s%s: %s\n", f.Name, inParens(f.Args), f.Out)
	}
}

func inParens(args string) string {
	if args == "" {
		return ""
	}
	return "(" + args + ")"
}

func cliKeywords(w io.Writer) {
	var lines []string
	add := func(t line.Table) {
		for _, c := range t {
			l := strings.Join(c.Words, " ") + " "
			for _, mark := range []struct {
				on   bool
				text string
			}{{c.Master, "[MASTER] "}, {c.Worker, "[WORKER] "}, {c.Expert, "[EXPERT] "}, {c.Experimental, "[EXPERIM] "}} {
				if mark.on {
					l += mark.text
				}
			}
			lines = append(lines, l)
		}
	}
	add(cli.Table(nil))
	add(cli.VariableTable(nil))
	add(cli.PatternTable(nil))
	add(cli.DebugTable(nil))
	list(w, "CLI keywords", lines)
}
