package cmdline

import (
	"fmt"
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
		glued := word[len(r.name):]
		switch r.arg {
		case separate:
			if i == len(args) {
				return nil, &Error{fmt.Sprintf("missing argument of option '%s': %s", r.name, r.value)}
			}
			values = args[i : i+1]
		case trailing:
			if glued == "" && i < len(args) && !strings.HasPrefix(args[i], "-") {
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
		if err := r.apply(o, glued, values); err != nil {
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

// find returns the row of an option: the one of that name, or else the one to whose name an argument may be glued.
func find(word string) *row {
	var glued *row
	for i := range rows {
		r := &rows[i]
		if word == r.name {
			return r
		}
		if (r.arg == attached || r.arg == trailing) && strings.HasPrefix(word, r.name) {
			glued = r
		}
	}
	return glued
}

func (r *row) apply(o *Options, glued string, values []string) error {
	if r.state == noEffect {
		o.Ignored = append(o.Ignored, r.name)
		return nil
	}
	if r.arg == none || r.arg == attached {
		return r.set(o, r.name, glued)
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

// setDump reads the argument of "-dC": a number, "line", or both with a comma between.
func setDump(o *Options, name, v string) error {
	o.Dump = &Dump{}
	for part := range strings.SplitSeq(v, ",") {
		switch n, err := strconv.ParseUint(part, 10, 32); {
		case part == "":
		case part == "line":
			o.Dump.Lines = true
		case err == nil:
			o.Dump.Key = uint32(n)
		default:
			// A key that was mistyped must not show what it was to hide.
			return &Error{fmt.Sprintf("option '%s' expects a key of at most %d, 'line', or both, not '%s'", name, uint32(1<<32-1), v)}
		}
	}
	return nil
}

func setArchive(o *Options, name, v string) error {
	if v == "" {
		return &Error{name + ": missing output file name"}
	}
	o.Archive = v
	return nil
}

func setKeywords(o *Options, _, v string) error {
	if v == "" {
		v = "help"
	}
	o.Keywords = append(o.Keywords, strings.Split(v, ",")...)
	return nil
}
