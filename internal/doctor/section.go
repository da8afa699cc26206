package doctor

import (
	"bytes"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/legacy"
)

var kinds = map[string]legacy.Section{
	"global": legacy.Global, "defaults": legacy.Defaults,
	"frontend": legacy.Frontend, "backend": legacy.Backend, "listen": legacy.Listen,
}

// open handles the first line of a section.
func (e *exam) open(r *rewrite, rest []byte) {
	texts := r.texts()
	e.after = rest
	e.at = legacy.Place{Section: kinds[texts[0]]}
	if texts[0] == "program" {
		e.find(Finding{Kind: Deprecated, Text: "'program' sections are gone since HAProxy 3.3: have the program started by the system's service manager."})
	}
	if e.at.Section&legacy.AnyProxy == 0 {
		e.keep(r.line)
		return
	}
	from := ""
	for i, t := range texts {
		if t == "from" && i+1 < len(texts) && i > 0 {
			from = texts[i+1]
		}
	}
	e.at.Mode = e.defaults[from]
	if e.at.Section == legacy.Defaults {
		if e.label = ""; len(texts) > 1 && texts[1] != "from" {
			e.label = texts[1]
		}
		if from == "" {
			e.at.Mode = "" // they begin anew
		}
		e.setMode(e.at.Mode)
		e.keep(r.line)
		return
	}
	e.renameSection(r)
	if e.at.Section&(legacy.Frontend|legacy.Listen) != 0 && len(texts) > 2 {
		if bind, ok := legacy.ListenAddress(texts[2:]); ok {
			e.address(r, bind)
			return
		}
	}
	e.keep(r.line)
}

// setMode keeps the mode of a defaults section for those who inherit it.
func (e *exam) setMode(mode string) {
	e.at.Mode = mode
	if e.at.Section != legacy.Defaults {
		return
	}
	e.defaults[""] = mode
	if e.label != "" {
		e.defaults[e.label] = mode
	}
}

// place tells where the line being read stands.
func (e *exam) place(no bool) legacy.Place {
	if e.at.Around == nil {
		e.at.Around = legacy.Survey(e.after, config.IsSection)
		if m := e.at.Around.Mode(); m != "" {
			e.at.Mode = m
		}
	}
	at := e.at
	at.No = no
	at.Processes = e.processes
	if at.Section == legacy.Global && at.Processes == 0 {
		at.Processes = at.Around.Processes()
	}
	return at
}

// address moves the addresses of a section's first line to a bind line.
func (e *exam) address(r *rewrite, bind []string) {
	head := r.line[:r.words[1].To]
	was := shown(r.line)
	first := string(head)
	if c := r.trailing(); c != "" {
		first += " " + c
	}
	second := indentOf(e.after) + r.join(bind)
	e.find(Finding{Kind: Old, Text: legacy.ListenAddressText, Repaired: true, Was: was, Now: []string{strings.TrimSpace(string(head)), strings.TrimSpace(second)}})
	e.keep([]byte(first + r.cr()))
	e.keep([]byte(second + r.cr()))
}

// indentOf returns the white space before the first setting of what follows.
func indentOf(after []byte) string {
	for len(after) > 0 {
		var l []byte
		l, after, _ = bytes.Cut(after, []byte("\n"))
		text := bytes.TrimLeft(l, " \t")
		if len(bytes.TrimSpace(text)) == 0 || text[0] == '#' {
			continue
		}
		if n := len(l) - len(text); n > 0 {
			return string(l[:n])
		}
		break
	}
	return "    "
}
