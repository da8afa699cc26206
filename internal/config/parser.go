package config

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/config/legacy"
)

// Options are those of Parse. The zero value parses with the built-in rows
// only, an empty environment and the facts of this program.
type Options struct {
	Tables []Table // more rows, which come before the built-in ones of the same name
	// Env is the environment of the configuration. setenv and its like change it.
	Env   Env
	Facts *Facts
	// Discovered says that Discover has been run on the same files: what it
	// reports is not reported again.
	Discovered bool
	// UserID and GroupID find the numbers of names; nil: every name is taken.
	UserID, GroupID func(name string) (int, error)
	// ReadFile reads a file that the configuration names; nil: ReadFile.
	ReadFile func(name string) ([]byte, error)
	// Given tells what the command line has settled.
	Given Given
	// Seen, when not nil, is given the words of each line as they were read,
	// before anything is made of them. It must not keep them.
	Seen func(pos Pos, words []string)
	// Acted, when not nil, is given the words of each line that counts, when it is
	// about to be acted on: no directives, and nothing that these leave out. It must
	// not keep them.
	Acted func(pos Pos, words []string)
}

// Given are settings of the command line that the configuration can also make, and
// that it then makes in vain.
type Given struct{ PIDFile, LocalPeer bool }

// maxAlerts is when a load gives up: after that many errors more help nobody.
const maxAlerts = 50

// Parser is the state of a parse, for the parse functions of rows.
type Parser struct {
	opts  Options
	rows  index
	words splitter
	spec  *Spec
	diag  *Diagnostics
	env   Env
	pos   Pos
	label string // .SECTION
	conds condStack
	// stopped says that nothing more is to be read, see giveUp.
	stopped bool

	sect      Sections
	named     bool // sect is a defaults section with a name
	skipping  bool // the section is one whose lines are not read
	title     string
	proxy     *Proxy
	other     otherSection // the section being read when it is neither global nor a proxy
	discovery bool

	lastDefaults *Proxy
	defaults     map[string][]*Proxy
	heirs        map[*Proxy]*heirs // of the defaults sections that have any
	proxies      map[string][]*Proxy
	proxyIDs     map[int]*Proxy
	sectionPos   map[sectionKey]Pos // of the others
	names        map[sectionKey]Pos // of the other section: its users, nameservers …
	serverNames  map[string]int     // of the section: name to line
	serverIDs    map[int]*Server    // of the section
	bindIDs      map[int]bindID     // of the section
	nbinds       int                // addresses of the configuration
	pages        map[string][]byte  // error pages already read, by path
	seq          int
	pastGlobal   bool // a section other than global has begun
	unbuilt      []unbuiltPart
	old          oldForms
}

// Spec returns what has been read so far.
func (p *Parser) Spec() *Spec { return p.spec }

// Global returns the global section.
func (p *Parser) Global() *Global { return p.spec.Global }

// Proxy returns the proxy section being read, nil outside of one.
func (p *Parser) Proxy() *Proxy { return p.proxy }

// Section returns the kind of section being read.
func (p *Parser) Section() Sections { return p.sect }

// SectionName returns the keyword of the section being read.
func (p *Parser) SectionName() string { return p.title }

// Pos returns the place of the line being parsed.
func (p *Parser) Pos() Pos { return p.pos }

// Env returns the environment of the configuration.
func (p *Parser) Env() Env { return p.env }

// Facts returns what is known about the program.
func (p *Parser) Facts() *Facts { return p.opts.Facts }

// ReadFile reads a file that the configuration names.
func (p *Parser) ReadFile(name string) ([]byte, error) {
	return p.opts.ReadFile(p.FileName(name))
}

// Diagnostics returns the messages so far, for rows whose message has another
// form.
func (p *Parser) Diagnostics() *Diagnostics { return p.diag }

// Alert reports an error at pos: "parsing [file:line] : text".
func (p *Parser) Alert(pos Pos, format string, args ...any) {
	p.report(Diagnostic{Level: Alert, Pos: pos, Text: fmt.Sprintf(format, args...)})
}

// Warn reports a warning at pos.
func (p *Parser) Warn(pos Pos, format string, args ...any) {
	p.report(Diagnostic{Level: Warning, Pos: pos, Text: fmt.Sprintf(format, args...)})
}

// alertTight reports an error in the form "parsing [file:line]: text".
func (p *Parser) alertTight(pos Pos, format string, args ...any) {
	p.report(Diagnostic{Level: Alert, Form: FormTight, Pos: pos, Text: fmt.Sprintf(format, args...)})
}

// warnTight reports a warning in the same form.
func (p *Parser) warnTight(pos Pos, format string, args ...any) {
	p.report(Diagnostic{Level: Warning, Form: FormTight, Pos: pos, Text: fmt.Sprintf(format, args...)})
}

// mild reports what is shown as an error, but the configuration can be used.
func (p *Parser) mild(pos Pos, format string, args ...any) {
	p.report(Diagnostic{Level: Alert, Mild: true, Pos: pos, Text: fmt.Sprintf(format, args...)})
}

func (p *Parser) report(d Diagnostic) { p.diag.Add(d) }

// Parse reads the files in their order as one configuration. It reads on after
// errors; the Spec is complete only when the diagnostics have not failed.
func Parse(files []File, o Options) (*Spec, *Diagnostics) {
	p := newParser(o)
	p.readAll(files)
	return p.spec, p.diag
}

// Discover reads only what the discovery pass acts on: the rows marked so, in
// global and program sections. Everything else is passed over, but lines must be well
// formed and conditionals complete.
func Discover(files []File, o Options) (*Spec, *Diagnostics) {
	p := newParser(o)
	p.discovery = true
	p.readAll(files)
	return p.spec, p.diag
}

func newParser(o Options) *Parser {
	if o.Env == nil {
		o.Env = Env{}
	}
	if o.Facts == nil {
		o.Facts = DefaultFacts()
	}
	if o.ReadFile == nil {
		o.ReadFile = ReadFile
	}
	p := &Parser{
		opts:        o,
		rows:        rowsOf(o.Tables),
		spec:        &Spec{Global: newGlobal()},
		diag:        &Diagnostics{},
		env:         o.Env,
		defaults:    map[string][]*Proxy{},
		heirs:       map[*Proxy]*heirs{},
		proxies:     map[string][]*Proxy{},
		proxyIDs:    map[int]*Proxy{},
		sectionPos:  map[sectionKey]Pos{},
		names:       map[sectionKey]Pos{},
		serverNames: map[string]int{},
		serverIDs:   map[int]*Server{},
		bindIDs:     map[int]bindID{},
		pages:       map[string][]byte{},
	}
	p.words.lookup = p.variable
	p.old.index = legacy.NewIndex()
	p.old.isSection = IsSection
	return p
}

// variable resolves a variable of a line, pseudo-variables included.
func (p *Parser) variable(name string) (string, bool) {
	switch name {
	case ".FILE":
		return p.pos.File, true
	case ".LINE":
		return strconv.Itoa(p.pos.Line), true
	case ".SECTION":
		return p.label, true
	}
	v, ok := p.env[name]
	return v, ok
}

func (p *Parser) readAll(files []File) {
	for i := range files {
		p.closeSection()
		p.file(&files[i])
		p.closeSection()
		if p.diag.Alerts() > 0 {
			p.diag.failedIn(files[i].Name)
		}
		if p.stopped || p.diag.Alerts() >= maxAlerts {
			break
		}
	}
	if !p.diag.Failed() && !p.discovery {
		p.spec.Check(p.diag)
	}
	p.reportUnbuilt()
}

// file reads one file. Every file begins outside of a section (management guide
// 3, "-f").
func (p *Parser) file(f *File) {
	p.sect, p.proxy, p.other, p.title, p.label, p.skipping = 0, nil, nil, "", "", false
	p.conds = p.conds[:0]
	data := f.Data
	p.pos = Pos{File: f.Name}
	for len(data) > 0 {
		p.pos.Line++
		line := data
		nl := bytes.IndexByte(data, '\n')
		if nl >= 0 {
			line, data = data[:nl], data[nl+1:]
		} else {
			data = nil
		}
		if i := bytes.IndexByte(line, 0); i >= 0 {
			p.alertTight(p.pos, "Stray NUL character at position %d.", i+1)
		} else if nl < 0 {
			p.alertTight(p.pos, "Missing LF on last line, file might have been truncated at position %d.", len(line)+1)
			return
		} else {
			var more int
			line, data, more = p.join(line, data)
			p.old.rest = data
			p.line(line)
			p.pos.Line += more
		}
		if p.stopped {
			return
		}
		if p.diag.Alerts() >= maxAlerts {
			p.alertTight(p.pos, "too many fatal errors (%d), stopping now.", p.diag.Alerts())
			return
		}
	}
	if len(p.conds) > 0 {
		p.alertTight(p.pos, "non-terminated '.if' block.")
		p.diag.Aborted = true
	}
}

// line reads one line without its line feed.
func (p *Parser) line(line []byte) {
	if p.passesOver(line) {
		return
	}
	words, empty, emptyAt, err := p.words.split(line)
	if err != nil {
		if err.at < 0 {
			p.alertTight(p.pos, "%s", err.text)
		} else {
			p.alertTight(p.pos, "%s at position %d:%s", err.text, err.at+1, excerpt(line, err.at))
		}
		return
	}
	if len(words) == 0 {
		return
	}
	if p.opts.Seen != nil {
		p.opts.Seen(p.pos, words)
	}
	if len(words[0]) > 0 && words[0][0] == '.' {
		p.directive(words)
		return
	}
	if !p.conds.active() {
		return
	}
	if words[0] == "" {
		p.nameless(words)
		return
	}
	if p.opts.Acted != nil {
		p.opts.Acted(p.pos, words)
	}
	l := &Line{Pos: p.pos, Words: words}
	if words[0] == "no" || words[0] == "default" {
		l.No, l.Default = words[0] == "no", words[0] == "default"
		l.Words = words[1:]
		if len(l.Words) == 0 || !negatable(l.Words[0]) {
			p.alertTight(p.pos, "negation/default currently supported only for options, log, busy-polling, set-dumpable, strict-limits, insecure-fork-wanted and numa-cpu-mapping.")
			return
		}
	}
	if s, ok := sections[l.Words[0]]; ok {
		p.closeSection()
		if empty >= 0 && !p.discovery {
			p.emptyWord(line, empty, emptyAt)
			p.skipSection(l.Words[0])
			return
		}
		p.openSection(s, l)
		return
	}
	if p.skipping {
		return
	}
	if p.sect == 0 {
		if !p.discovery {
			p.alertTight(p.pos, "unknown keyword '%s' out of section.", clip(l.Words[0]))
		}
		return
	}
	p.keyword(l, line, empty, emptyAt)
}

// nameless handles a line whose first word is empty, which no keyword is: the
// way to switch a line off by a variable.
func (p *Parser) nameless(words []string) {
	if len(words) > 1 && !p.discovery {
		p.report(Diagnostic{Level: Warning, Form: FormTight, Pos: p.pos, Text: "the line is ignored because its first word is empty."})
	}
}

func (p *Parser) emptyWord(line []byte, n, at int) {
	p.alertTight(p.pos, "argument number %d at position %d is empty and marks the end of the argument list:%s\n%s",
		n, at+1, excerpt(line, at), emptyAdvice)
}

const emptyAdvice = "Aborting to prevent all subsequent arguments from being silently ignored. If this is caused by an environment variable expansion, please have a look at section 2.3 of the configuration manual to find solutions to address this."

// negatable says whether "no" and "default" may stand before a keyword.
func negatable(word string) bool {
	switch word {
	case "option", "log", "busy-polling", "set-dumpable", "strict-limits", "insecure-fork-wanted", "insecure-setuid-wanted", "numa-cpu-mapping":
		return true
	}
	return false
}

// keyword handles a line of the section being read.
func (p *Parser) keyword(l *Line, line []byte, empty, emptyAt int) {
	k, n, ok := p.rows.find(l.Words, p.sect)
	if p.discovery && (k == nil || !ok || !k.Discovery) {
		return
	}
	if empty >= 0 && !(k != nil && k.Discovery) {
		p.emptyWord(line, empty, emptyAt)
		return
	}
	if p.oldForm(l) {
		return
	}
	switch {
	case k == nil || !ok && (p.sect&InAnyProxy == 0 || k.In&InAnyProxy == 0):
		p.unknown(l)
		return
	case !ok:
		p.misplaced(l, k)
		return
	case p.sect == InDefaults && !p.named && l.Words[0] == "tcp-response":
		p.onlyInBackends(l, k)
		return
	case p.sect == InDefaults && !p.named && k.In&NamedDefaults != 0:
		p.Alert(l.Pos, "'%s' not allowed in anonymous 'defaults' section.", l.Words[0])
		return
	case l.Words[0] == "option" && !p.prefixAllowed(l, k):
		return
	case k.Parse == nil:
		p.Alert(l.Pos, "'%s' in '%s' section is not built yet in this version of Sluice.", k.Name, p.title)
		return
	case k.Max >= 0 && len(l.Words) > n+k.Max:
		p.Alert(l.Pos, "'%s' cannot handle unexpected argument '%s'.", k.Name, clip(l.Words[n+k.Max]))
		return
	case len(l.Words) < n+k.Min:
		p.Alert(l.Pos, "'%s' expects at least %d argument(s).", k.Name, k.Min)
		return
	}
	if k.Part != "" {
		p.lacks(l.Pos, k.Part, "'"+k.Name+"' in '"+p.title+"' section")
	}
	if p.opts.Discovered && k.Discovery {
		// Discover has told what there is to tell.
		saved := p.diag
		p.diag = &Diagnostics{}
		k.Parse(p, l)
		p.diag = saved
		return
	}
	k.Parse(p, l)
}

// prefixAllowed says whether an option may have the prefix it has, and reports
// when not.
func (p *Parser) prefixAllowed(l *Line, k *Keyword) bool {
	if l.No && !k.No || l.Default && !k.Default {
		p.alertTight(l.Pos, "negation/default is not supported for option '%s'.", clip(l.Arg(1)))
		return false
	}
	return true
}

// unknown reports a keyword that no section has, or not this one.
func (p *Parser) unknown(l *Line) {
	hint := ""
	if s := suggest(l.Words[0], p.rows.names(p.sect, "")); s != "" {
		hint = "; did you mean '" + s + "' maybe ?"
	}
	p.Alert(l.Pos, "unknown keyword '%s' in '%s' section%s", clip(l.Words[0]), p.title, hint)
}
