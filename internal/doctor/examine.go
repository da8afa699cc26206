package doctor

import (
	"bytes"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/legacy"
)

// Options are those of Examine.
type Options struct {
	Env config.Env // nil: empty
	// ReadFile reads files that the configuration names; nil: from the disk.
	ReadFile func(string) ([]byte, error)
}

// Examine looks at the files of one configuration, in their order.
func Examine(files []config.File, o Options) *Report {
	e := &exam{report: &Report{}, index: legacy.NewIndex(), defaults: map[string]string{}}
	e.names = sameNames(files, e)
	e.origin = map[string][]int{}
	for i := range files {
		repaired := e.file(&files[i])
		if !bytes.Equal(repaired, files[i].Data) {
			e.report.Changed = append(e.report.Changed, files[i].Name)
		}
		e.report.Files = append(e.report.Files, config.File{Name: files[i].Name, Data: repaired})
	}
	e.parse(o)
	e.sort(files)
	return e.report
}

// exam is the state of an examination.
type exam struct {
	report    *Report
	index     legacy.Index
	names     map[string]string // frontends to rename
	processes int               // of nbproc
	defaults  map[string]string // mode by name of a defaults section, "" the last one
	origin    map[string][]int  // by file: the line that each repaired line comes from

	// Of the file and section being read.
	name  string
	line  int
	label string // the name of a defaults section
	at    legacy.Place
	after []byte // what follows the section's first line
	out   bytes.Buffer
	lines []int
}

func (e *exam) find(f Finding) {
	f.File, f.Line = e.name, e.line
	e.report.add(f)
}

var utf8Mark = []byte("\xef\xbb\xbf")

// file reads one file and returns it repaired.
func (e *exam) file(f *config.File) []byte {
	e.name, e.line, e.at, e.after = f.Name, 0, legacy.Place{}, nil
	e.out.Reset()
	e.lines = nil
	data := f.Data
	if rest, ok := bytes.CutPrefix(data, utf8Mark); ok {
		e.line = 1
		e.find(Finding{Kind: Damaged, Text: "the file begins with a byte order mark, which would be part of its first word", Repaired: true})
		data = rest
		e.line = 0
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		e.find(Finding{Kind: Damaged, Text: "the file is in UTF-16: write it in UTF-8"})
		e.origin[f.Name] = nil
		return f.Data
	}
	for len(data) > 0 {
		e.line++
		l, rest, whole := bytes.Cut(data, []byte("\n"))
		data = rest
		if !whole {
			e.find(Finding{Kind: Damaged, Repaired: true,
				Text: "Missing LF on last line: the file may have been truncated",
				Note: "Look whether the end of the file is there."})
		}
		e.statement(l, rest)
	}
	e.origin[f.Name] = e.lines
	return bytes.Clone(e.out.Bytes())
}

// keep writes a line as it is.
func (e *exam) keep(l []byte) {
	e.out.Write(l)
	e.out.WriteByte('\n')
	e.lines = append(e.lines, e.line)
}

// statement handles one line; rest is what follows it in the file.
func (e *exam) statement(l, rest []byte) {
	words, comment, ok := config.RawWords(l)
	if !ok || len(words) == 0 || len(words[0].Text) > 0 && words[0].Text[0] == '.' {
		e.keep(l)
		return
	}
	r := rewrite{line: l, words: words, comment: comment}
	if config.IsSection(words[0].Text) {
		e.open(&r, rest)
		return
	}
	e.setting(&r)
}

// setting handles a line of a section.
func (e *exam) setting(r *rewrite) {
	e.rename(r)
	texts := r.texts()
	no := texts[0] == "no" || texts[0] == "default"
	if no {
		texts = texts[1:]
	}
	for _, t := range texts {
		if t == "" {
			e.keep(r.line) // which is an error of its own
			return
		}
	}
	if e.at.Section == 0 || len(texts) == 0 {
		e.keep(r.line)
		return
	}
	if e.index.Candidate(texts) {
		if form, answer := e.index.Find(e.place(no), texts); form != nil {
			e.old(r, form, answer, texts)
			return
		}
	}
	if texts[0] == "mode" && len(texts) > 1 {
		e.setMode(texts[1])
	}
	e.deprecated(texts)
	e.keep(r.line)
}
