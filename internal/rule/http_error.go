package rule

import (
	"strconv"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// errorPlace is where error pages are made: anywhere in an exchange.
const errorPlace = sample.FeReqHead | sample.BeReqHead | sample.FeResHead | sample.BeResHead

// httpError parses http-error, a page of a proxy written as a reply (manual 4.2).
func (t *table) httpError(p *config.Parser, l *config.Line) {
	fail := func(text string) { p.Alert(l.Pos, "http-error : %s", text) }
	if l.Arg(1) != "status" {
		fail("expects at least a <status> as arguments.")
		return
	}
	k := &actionParser{Compiler: t.compiler(p, l), set: httpResponse, place: errorPlace, word: "http-error"}
	r := replyParser{p: k}
	rest, err := r.parse(l.Words[1:])
	if err != nil {
		fail(err.Error())
		return
	}
	if len(rest) > 0 {
		fail("unknown keyword '" + rest[0] + "'.")
		return
	}
	f := &config.ErrorFile{Pos: l.Pos, Status: r.status, Reply: &config.Directive{Pos: l.Pos, Words: l.Words[1:]}}
	y, err := r.finish()
	if err != nil {
		fail(err.Error())
		return
	}
	if !config.HasErrorPage(r.status) {
		p.Alert(l.Pos, "http-error: status code '%d' not handled.", r.status)
		return
	}
	switch r.payload {
	case "errorfiles":
		f.Group = r.arg
	case "errorfile":
		f.Data = r.data
	default:
		f.Reply.Program = y
	}
	p.Proxy().SetErrorFile(f)
}

// checkGroups looks up the http-errors sections that replies of p's rules name.
func checkGroups(p *config.Proxy, groups config.ErrorGroups, d *config.Diagnostics) {
	for _, rules := range p.Rules {
		for _, x := range rules {
			r, ok := x.Program.(*Rule)
			if !ok {
				continue
			}
			if a, ok := r.Action.(*answer); ok && a.reply.group != "" {
				a.reply.lookUp(p, x.Pos, groups, d)
			}
		}
	}
}

// lookUp makes the page of the reply's group the reply. Without one for its
// status the proxy's own page is it.
func (y *Reply) lookUp(p *config.Proxy, pos config.Pos, groups config.ErrorGroups, d *config.Diagnostics) {
	say := func(level config.Level, text string) {
		d.Add(config.Diagnostic{Level: level, Form: config.FormBare, Pos: pos, Text: "Proxy '" + p.Name + "': " + text})
	}
	group := groups[y.group]
	if group == nil {
		say(config.Alert, "unknown http-errors section '"+y.group+"' referenced by an http reply .")
		return
	}
	page := group.Page(y.Status)
	if page == nil {
		say(config.Warning, "status '"+strconv.Itoa(y.Status)+"' referenced by an http reply not declared in http-errors section '"+y.group+"'.")
		return
	}
	if len(page.Data) == 0 {
		y.ErrorPage, y.raw = false, &rawReply{}
		return
	}
	raw, at, ok := parseRaw(page.Data)
	if !ok {
		say(config.Alert, "'"+page.Path+"': unable to parse headers (error offset: "+strconv.Itoa(at)+")")
		return
	}
	y.ErrorPage, y.raw = false, raw
}
