// Command man writes the manual page of sluice: the text of sluice.8.in with the
// options of the command line's table in it.
//
//	go run ./packaging/man <date> <template>
package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cmdline"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: man <date> <template>")
		os.Exit(2)
	}
	template, err := os.ReadFile(os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.WriteString(page(string(template), os.Args[1]))
}

// page fills in the template.
func page(template, date string) string {
	var options bytes.Buffer
	cmdline.Mdoc(&options)
	return strings.NewReplacer("$Mdocdate$", date, "@OPTIONS@\n", options.String()).Replace(template)
}
