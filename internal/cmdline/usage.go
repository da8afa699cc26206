package cmdline

import (
	"fmt"
	"io"
	"path/filepath"
)

// Usage writes the options of the table; program is the name it was called by. The first three lines have the layout
// that the reference gives them.
func Usage(w io.Writer, program string) {
	fmt.Fprintf(w, `Usage : %s [-f <cfgfile|cfgdir>]* [ -vdVD ] [ -n <maxconn> ] [ -N <maxpconn> ]
        [ -p <pidfile> ] [ -m <max megs> ] [ -C <dir> ] [-- <cfgfile>*]
`, filepath.Base(program))
	for _, r := range rows {
		name := r.name
		switch {
		case r.value != "" && (r.arg == attached || r.arg == trailing):
			name += r.value
		case r.value != "":
			name += " " + r.value
		}
		note := ""
		if r.state == noEffect {
			note = " (accepted without effect)"
		}
		fmt.Fprintf(w, "        %s %s%s\n", name, r.help, note)
	}
	fmt.Fprint(w, `
Subcommands : doctor [-h]  reports and repairs what is old in a configuration
              lsp          serves editors (Language Server Protocol)
              check [-h]   asks a running master whether a reload would succeed
              diff [-h]    tells what a reload from one configuration to another would change
See also sluice-reload(8): reloads the service and waits for the result.

`)
}
