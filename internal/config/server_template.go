package config

import (
	"strconv"
	"strings"
)

// maxTemplate bounds the servers of one server-template line.
const maxTemplate = 100_000

var templateRows = Table{
	{Name: "server-template", In: InBackends, Max: -1, Syntax: "server-template <prefix> <num|range> <fqdn>[:<port>] [<param> ...]",
		Doc: "Adds a number of servers of one address, whose names are numbered.", Parse: parseServerTemplate},
}

// parseServerTemplate adds the servers of a template (manual 4.2): those of server
// lines, but for "id" and "guid", which only the first of them has.
func parseServerTemplate(p *Parser, l *Line) {
	if len(l.Words) < 4 {
		p.serverAlert(l, "'server-template' expects <prefix> <nb | range> <addr>[:<port>] as arguments.")
		return
	}
	prefix := l.Words[1]
	if c := badNameByte(prefix); c >= 0 {
		p.serverAlert(l, "character '"+string(prefix[c])+"' is not permitted in server-template prefix '"+clip(prefix)+"'.")
		return
	}
	low, high, ok := templateRange(l.Words[2])
	if !ok {
		p.serverAlert(l, "Wrong server-template number or range arg '"+clip(l.Words[2])+"'.")
		return
	}
	if high-low >= maxTemplate {
		p.serverAlert(l, sprintf("'server-template %s/%s' : %d servers are too many (max %d).", p.proxy.Name, prefix, high-low+1, maxTemplate))
		return
	}
	intro := "'server-template " + p.proxy.Name + "/" + prefix + "' : "
	first := p.addServer(l, prefix+strconv.Itoa(low), l.Words[3:], intro)
	if first == nil {
		return
	}
	for n := low + 1; n <= high; n++ {
		s := *first
		s.Name, s.ID, s.GUID = prefix+strconv.Itoa(n), 0, ""
		if !p.claimServer(l, s.Name, intro) {
			return
		}
		p.proxy.Servers = append(p.proxy.Servers, &s)
	}
}

// templateRange reads "<num>", which is 1-<num>, or "<low>-<high>".
func templateRange(w string) (low, high int, ok bool) {
	first, last, is := strings.Cut(w, "-")
	if !is {
		high, ok = parseInt(w, 1, maxInt-1)
		return 1, high, ok
	}
	low, ok = parseInt(first, 0, maxInt-1)
	if ok {
		high, ok = parseInt(last, low, maxInt-1)
	}
	return low, high, ok
}
