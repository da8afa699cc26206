package config

import (
	"fmt"
	"strconv"
	"strings"
)

// UseSource says whose address servers are to see (manual 4.2, "source … usesrc").
type UseSource uint8

const (
	UseOwn      UseSource = iota // Source.Address
	UseAddress                   // Source.UseAddress, which need not be the machine's
	UseClient                    // the client's address and port
	UseClientIP                  // the client's address
	UseHeader                    // an address in a header field of the request
)

// Source says from where servers are connected to (manual 4.2 and 5.2, "source").
type Source struct {
	// Address is bound to: its port, or one of its range, where it has any.
	Address Address
	Use     UseSource
	// UseAddress is that of UseAddress.
	UseAddress Address
	// Header and Occurrence are those of UseHeader: the n-th value from the first, or
	// from the last when it is negative.
	Header     string
	Occurrence int
	Interface  string // "": any
}

// minOccurrence is how far from the last value an address may be looked for.
const minOccurrence = -10

// sourceFault is what is wrong with a source, in the word of it that is named.
type sourceFault struct{ word, text string }

func (f *sourceFault) Error() string { return f.text }

// sourceTail tells how many words after the address belong to a source.
func sourceTail(rest []string) (n int) {
	for n < len(rest) && (rest[n] == "usesrc" || rest[n] == "interface") {
		n += 2
	}
	return n
}

// parseSource parses an address and the pairs of words after it, of a proxy or,
// with ranges of ports, of a server.
func (p *Parser) parseSource(words []string, server bool) (*Source, *sourceFault) {
	s := &Source{}
	var err error
	if s.Address, err = p.address(words[0], AddressUse{NoPort: true, PortRange: server}); err != nil {
		return nil, &sourceFault{"source", fmt.Sprintf("'source %s' : %v", clip(words[0]), err)}
	}
	if s.Address.Port == 0 && s.Address.PortHigh > 0 {
		s.Address.Port = 1 // port 0 is none
	}
	for words = words[1:]; len(words) > 0; words = words[2:] {
		value := ""
		if len(words) > 1 {
			value = words[1]
		} else {
			words = append(words[:1:1], "")
		}
		var fault string
		switch words[0] {
		case "usesrc":
			fault = s.parseUse(p, value, server)
		case "interface":
			if s.Interface = value; value == "" {
				fault = map[bool]string{true: "'server'", false: "'source'"}[server] + " : missing interface name."
			}
		default:
			return nil, &sourceFault{"source", "'source' only supports optional keywords 'interface' and 'usesrc'."}
		}
		if fault != "" {
			return nil, &sourceFault{words[0], fault}
		}
	}
	return s, nil
}

// parseUse parses the argument of usesrc and returns what is wrong with it.
func (s *Source) parseUse(p *Parser, w string, server bool) string {
	switch {
	case w == "" && server:
		return "'usesrc' expects <addr>[:<port>], 'client', 'clientip', or 'hdr_ip(name,#)' as argument."
	case w == "":
		return "'usesrc' expects <addr>[:<port>], 'client', or 'clientip' as argument."
	case w == "client":
		s.Use = UseClient
	case w == "clientip":
		s.Use = UseClientIP
	case strings.HasPrefix(w, "hdr_ip("):
		return s.parseHeader(w)
	default:
		a, err := p.address(w, AddressUse{NoPort: true})
		if err != nil {
			return fmt.Sprintf("'usesrc %s' : %v", clip(w), err)
		}
		s.Use, s.UseAddress = UseAddress, a
	}
	return ""
}

// parseHeader parses hdr_ip(name[,occurrence]). An occurrence of 0 finds nothing:
// the address is not used (manual 4.2).
func (s *Source) parseHeader(w string) string {
	name, ok := strings.CutSuffix(strings.TrimPrefix(w, "hdr_ip("), ")")
	name, occ, given := strings.Cut(name, ",")
	if !ok || name == "" {
		return "'usesrc' expects the name of a header field in 'hdr_ip(name,#)'."
	}
	s.Use, s.Header, s.Occurrence = UseHeader, name, -1
	if !given {
		return ""
	}
	n, err := strconv.Atoi(strings.TrimSpace(occ))
	switch {
	case err != nil:
		return fmt.Sprintf("usesrc hdr_ip(name,num) expects an integer, not '%s'.", clip(occ))
	case n < minOccurrence:
		return "usesrc hdr_ip(name,num) does not support negative occurrences values smaller than 10."
	case n == 0:
		s.Use, s.Header, s.Occurrence = UseOwn, "", 0
		return ""
	}
	s.Occurrence = n
	return ""
}

var sourceRows = Table{
	{Name: "source", In: InBackends | InDefaults, Max: -1, Doc: "Sets the address from which servers are connected to.",
		Syntax: "source <addr>[:<port>] [usesrc { <addr2>[:<port2>] | client | clientip | hdr_ip(<hdr>[,<occ>]) }] [interface <name>]", Parse: parseSourceRow},
}

func parseSourceRow(p *Parser, l *Line) {
	if l.Arg(1) == "" {
		p.Alert(l.Pos, "'source' expects <addr>[:<port>], and optionally 'usesrc' <addr>, and 'interface' <name>.")
		return
	}
	s, fault := p.parseSource(l.Words[1:], false)
	if fault != nil {
		p.Alert(l.Pos, "%s", fault.text)
		return
	}
	p.proxy.Source = s
}

var sourceOption = serverOption{name: "source", args: 1, tail: sourceTail, doc: "Sets the address to connect from.",
	syntax: "source <addr>[:<pl>[-<ph>]] [usesrc { <addr2>[:<port2>] | client | clientip | hdr_ip(<hdr>[,<occ>]) }] [interface <name>]",
	parse: func(p *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return fmt.Errorf("'source' expects <addr>[:<port>[-<port>]], and optionally 'usesrc' <addr>, and 'interface' <name> as argument.")
		}
		src, fault := p.parseSource(a, true)
		switch {
		case fault == nil:
			s.Source = src
			return nil
		case fault.word == "source":
			return fault
		}
		p.serverAlert(s.line, s.intro+fault.text)
		p.report(Diagnostic{Level: Alert, Form: FormConfig, Pos: s.line.Pos, Text: "error encountered while processing '" + fault.word + "'."})
		return errReported
	}}

// words are those of the line after the keyword.
func (s *Source) words() []string {
	w := []string{"source", s.Address.String()}
	switch s.Use {
	case UseAddress:
		w = append(w, "usesrc", s.UseAddress.String())
	case UseClient:
		w = append(w, "usesrc", "client")
	case UseClientIP:
		w = append(w, "usesrc", "clientip")
	case UseHeader:
		w = append(w, "usesrc", fmt.Sprintf("hdr_ip(%s,%d)", s.Header, s.Occurrence))
	}
	if s.Interface != "" {
		w = append(w, "interface", s.Interface)
	}
	return w
}
