package cmdline

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// Parse reads the words after the program's name. The error is a *UsageError or an *Error.
func Parse(args []string) (*Options, error) {
	o := &Options{}
	for i := 0; i < len(args); {
		word := args[i]
		i++
		if word == "--" {
			o.Files = append(o.Files, args[i:]...)
			break
		}
		r := find(word)
		if r == nil {
			return nil, &UsageError{word}
		}
		var values []string
		switch r.arg {
		case separate:
			if i == len(args) {
				return nil, &Error{fmt.Sprintf("missing argument of option '%s': %s", r.name, r.value)}
			}
			values = args[i : i+1]
		case optional:
			if i < len(args) && !strings.HasPrefix(args[i], "-") {
				values = args[i : i+1]
			}
		case list:
			n := i
			for n < len(args) && !strings.HasPrefix(args[n], "-") {
				n++
			}
			values = args[i:n]
		}
		i += len(values)
		if err := r.apply(o, values); err != nil {
			return nil, err
		}
		if o.Show != ShowNothing {
			// The reference answers at once and looks at nothing behind.
			return o, nil
		}
	}
	if len(o.Files) == 0 && !o.HasCondition {
		return nil, &UsageError{}
	}
	return o, nil
}

func find(word string) *row {
	for i := range rows {
		r := &rows[i]
		if word == r.name || r.arg == attached && strings.HasPrefix(word, r.name) {
			return r
		}
	}
	return nil
}

func (r *row) apply(o *Options, values []string) error {
	switch r.state {
	case noEffect:
		o.Ignored = append(o.Ignored, r.name)
		return nil
	case notYet:
		return &Error{fmt.Sprintf("option '%s' (%s) is not supported by Sluice yet", r.name, r.help)}
	}
	if r.arg == none {
		return r.set(o, r.name, "")
	}
	for _, v := range values {
		if err := r.set(o, r.name, v); err != nil {
			return err
		}
	}
	return nil
}

func flag(field func(*Options) *bool) func(*Options, string, string) error {
	return func(o *Options, _, _ string) error { *field(o) = true; return nil }
}

func text(field func(*Options) *string) func(*Options, string, string) error {
	return func(o *Options, _, v string) error { *field(o) = v; return nil }
}

func number(field func(*Options) *int) func(*Options, string, string) error {
	return func(o *Options, name, v string) error {
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil || n < 0 {
			return &Error{fmt.Sprintf("option '%s' expects a number of at most %d, not '%s'", name, int32(1<<31-1), v)}
		}
		*field(o) = int(n)
		return nil
	}
}

func pids(field func(*Options) *[]int) func(*Options, string, string) error {
	return func(o *Options, name, v string) error {
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil {
			return &Error{fmt.Sprintf("%s option: some bytes unconsumed in PID list {%s}", name, v)}
		}
		if n <= 0 {
			// kill() would take these for groups of processes.
			return &Error{fmt.Sprintf("%s option: no PID {%s}", name, v)}
		}
		*field(o) = append(*field(o), int(n))
		return nil
	}
}

func show(s Show) func(*Options, string, string) error {
	return func(o *Options, _, _ string) error { o.Show = s; return nil }
}

func addFile(o *Options, _, v string) error { o.Files = append(o.Files, v); return nil }

func addMasterCLI(o *Options, _, v string) error { o.MasterCLI = append(o.MasterCLI, v); return nil }

func setCondition(o *Options, _, v string) error {
	o.Condition, o.HasCondition = v, true
	return nil
}

// Usage writes the options of the table; program is the name it was called by.
func Usage(w io.Writer, program string) {
	fmt.Fprintf(w, "Usage : %s [-f <cfgfile|cfgdir>]* [<options>] [-- <cfgfile>*]\n", filepath.Base(program))
	for _, r := range rows {
		name := r.name
		switch {
		case r.value != "" && r.arg == attached:
			name += r.value
		case r.value != "":
			name += " " + r.value
		}
		note := ""
		switch r.state {
		case noEffect:
			note = " (accepted without effect)"
		case notYet:
			note = " (not supported yet)"
		}
		fmt.Fprintf(w, "        %-26s %s%s\n", name, r.help, note)
	}
}
