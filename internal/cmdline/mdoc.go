package cmdline

import (
	"fmt"
	"io"
	"strings"
)

// Mdoc writes the options of the table as items of a list in mdoc(7).
func Mdoc(w io.Writer) {
	for _, r := range rows {
		name := roff(strings.TrimPrefix(r.name, "-"))
		value := r.value
		if r.arg == attached || r.arg == trailing {
			value = "Ns " + mdocArgument(value)
		} else if value != "" {
			value = mdocArgument(value)
		}
		fmt.Fprintln(w, strings.TrimSpace(".It Fl "+name+" "+value))
		help := strings.ToUpper(r.help[:1]) + r.help[1:]
		if r.state == noEffect {
			help += " (accepted without effect)"
		}
		fmt.Fprintln(w, roff(help)+".")
	}
}

// mdocArgument is a value of the usage in mdoc: it carries its own brackets.
func mdocArgument(s string) string { return `Ar \&` + strings.ReplaceAll(roff(s), " ", `\ `) }

// roff escapes what roff would take for its own.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, `"`, `\(dq`, "-", `\-`).Replace(s)
	if s != "" && strings.IndexByte(".'", s[0]) >= 0 {
		return `\&` + s
	}
	return s
}
