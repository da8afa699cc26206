package doctor

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/version"
)

const usage = `Usage: sluice doctor [--json] [--fix [-o FILE | --in-place]] -f FILE|DIRECTORY ... [-- FILE ...]
  -f FILE      a configuration file, or a directory of *.cfg files; may be repeated
  --json       report in JSON
  --fix        write the repaired configuration to standard output, the report to standard error
  -o FILE      with --fix: write it into FILE
  --in-place   with --fix: replace each changed file, keeping the former one as FILE.bak
Exit status: 0 nothing to do, 1 findings, 2 something only a person can repair, or unreadable.
With --fix the status is that of the repaired configuration.
`

// paths are the values of -f.
type paths []string

func (p *paths) String() string     { return "" }
func (p *paths) Set(s string) error { *p = append(*p, s); return nil }

// Run is the subcommand: args are what follows "doctor". It returns the exit
// status.
func Run(args, environ []string, stdout, stderr io.Writer) int {
	var (
		files              paths
		asJSON, fix, place bool
		output             string
	)
	fs := flag.NewFlagSet("doctor", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Var(&files, "f", "")
	fs.BoolVar(&asJSON, "json", false, "")
	fs.BoolVar(&fix, "fix", false, "")
	fs.BoolVar(&place, "in-place", false, "")
	fs.StringVar(&output, "o", "", "")
	fail := func(format string, a ...any) int {
		fmt.Fprintf(stderr, "sluice doctor: "+format+"\n", a...)
		return Beyond
	}
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return Healthy
	} else if err != nil {
		fmt.Fprint(stderr, usage)
		return fail("%v", err)
	}
	files = append(files, fs.Args()...)
	switch {
	case len(files) == 0:
		fmt.Fprint(stderr, usage)
		return fail("no configuration file")
	case (place || output != "") && !fix:
		return fail("-o and --in-place go with --fix")
	case place && output != "":
		return fail("-o and --in-place exclude each other")
	}
	read, err := config.ReadFiles(context.Background(), files)
	if err != nil {
		return fail("%v", err)
	}
	env := config.NewEnv(environ)
	env.Predefine(version.String, "")
	report := Examine(read, Options{Env: env})
	to := stdout
	if fix {
		if !place && len(read) != 1 {
			return fail("--fix writes one file, these are %d: use --in-place", len(read))
		}
		switch {
		case place:
			err = replaceAll(read, report.Files)
		case output != "":
			err = writeFile(output, report.Files[0].Data, 0o644)
		default:
			to = stderr
			_, err = stdout.Write(report.Files[0].Data)
		}
		if err != nil {
			return fail("%v", err)
		}
	}
	if asJSON {
		err = report.WriteJSON(to, fix)
	} else {
		err = report.WriteText(to)
	}
	if err != nil {
		return fail("%v", err)
	}
	return report.Status(fix)
}

// Main is Run for the process's own arguments and environment.
func Main(args []string) int { return Run(args, os.Environ(), os.Stdout, os.Stderr) }
