// Package command is "sluice diff": it reads two configurations and says what a
// reload from one to the other would change. Nothing is looked up, bound or
// opened but the files that the configurations name.
package command

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/diff"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/version"
)

const usage = `Usage: sluice diff [-json | -short] OLD NEW
  OLD, NEW     a configuration file, or a directory of *.cfg files
  -json        the difference as JSON
  -short       the difference in a few lines
Exit status: 0 no difference, 1 differences, 2 a configuration cannot be used.
`

// Exit statuses.
const (
	same    = 0
	differs = 1
	failed  = 2
)

// Main is Run for the process's own arguments and environment. Nearly all that is
// read stays to the end: looking for garbage again and again would take longer.
func Main(args []string) int {
	debug.SetGCPercent(400)
	return Run(args, os.Environ(), os.Stdout, os.Stderr)
}

// Run is the subcommand: args are what follows "diff". It returns the exit
// status.
func Run(args, environ []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("diff", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	asJSON := fs.Bool("json", false, "")
	short := fs.Bool("short", false, "")
	fail := func(err error) int {
		fmt.Fprintf(stderr, "sluice diff: %v\n", err)
		return failed
	}
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return same
	} else if err != nil || fs.NArg() != 2 || *asJSON && *short {
		fmt.Fprint(stderr, usage)
		if err != nil {
			return fail(err)
		}
		return failed
	}
	var sides [2]*diff.Side
	var errs [2]error
	var wg sync.WaitGroup
	for i, name := range []string{"the old configuration", "the new configuration"} {
		wg.Go(func() { sides[i], errs[i] = read(fs.Arg(i), name, environ) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return fail(err)
		}
	}
	d := diff.Compare(sides[0], sides[1])
	write := d.WriteText
	switch {
	case *asJSON:
		write = d.WriteJSON
	case *short:
		write = d.WriteShort
	}
	if err := write(stdout); err != nil {
		return fail(err)
	}
	if d.Same {
		return same
	}
	return differs
}

// read reads one of the configurations.
func read(word, name string, environ []string) (*diff.Side, error) {
	from, err := open(word)
	if err != nil {
		return nil, err
	}
	defer from.close()
	env := config.NewEnv(environ)
	env.Predefine(version.String, "")
	side, diag := diff.Parse(from.files, config.Options{Tables: features.Tables(), Env: env, ReadFile: from.read})
	if !diag.Faulty() {
		rule.Check(side.Spec, diag)
	}
	if diag.Faulty() {
		return nil, refusal(name, diag)
	}
	return side, nil
}

// refusal is the error of a configuration that cannot be used: its messages.
func refusal(name string, diag *config.Diagnostics) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s cannot be used", name)
	for _, m := range diag.List {
		if m.Level == config.Alert {
			b.WriteString("\n" + m.String())
		}
	}
	return errors.New(b.String())
}
