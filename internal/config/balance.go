package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// Balance is the value of "balance".
type Balance struct {
	Algorithm string   // "roundrobin" when not set; without what stands in parentheses
	Param     string   // of "hdr", "rdp-cookie", "url_param": a name; of "hash": an expression
	Draws     int      // of "random"
	URI       URIHash  // of "uri"
	Domain    bool     // of "hdr": use_domain_only
	CheckPost bool     // of "url_param": bodies of POST are looked through
	Args      []string // the line's words behind "balance", to print it
	Pos       Pos
}

// URIHash says which part of a URI "balance uri" looks at.
type URIHash struct {
	Len, Depth      int // 0: no limit
	Whole, PathOnly bool
}

// algorithms are known, and built where true.
var algorithms = map[string]bool{
	"roundrobin": true, "leastconn": true, "static-rr": true, "first": true, "source": true, "uri": true, "url_param": true,
	"hash": true, "hdr": true, "random": true, "rdp-cookie": true, "sticky": true, "log-hash": false,
}

// words are those behind "balance".
func (b *Balance) words() []string {
	if len(b.Args) == 0 {
		return []string{b.Algorithm}
	}
	return b.Args
}

// NeedsHTTP says whether the algorithm reads a part of HTTP requests.
func (b *Balance) NeedsHTTP() bool {
	return b.Algorithm == "uri" || b.Algorithm == "url_param" || b.Algorithm == "hdr"
}

func parseBalance(p *Parser, l *Line) {
	word := l.Arg(1)
	if word == "" {
		p.proxy.Balance = Balance{Algorithm: "roundrobin"}
		return
	}
	base, param, hasParam := strings.Cut(word, "(")
	built, known := algorithms[base]
	if !known || hasParam && base != "hdr" && base != "random" && base != "rdp-cookie" || base == "hdr" && !hasParam {
		hint := ""
		if !known {
			hint = nearest.Hint(word, slices.Values(slices.Sorted(maps.Keys(algorithms))))
		}
		p.Alert(l.Pos, "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', 'hash', 'hdr(name)', 'rdp-cookie(name)', 'log-hash' and 'sticky' options.%s", hint)
		return
	}
	if !built {
		p.Alert(l.Pos, "'balance %s' in '%s' section is not built yet in this version of Sluice.", clip(word), p.title)
		return
	}
	b := Balance{Algorithm: base, Args: l.Words[1:], Pos: l.Pos}
	closed := strings.HasSuffix(param, ")")
	param = strings.TrimSuffix(param, ")")
	var ok bool
	switch args := l.Words[2:]; base {
	case "uri":
		ok = b.uri(p, l, args)
	case "url_param":
		ok = b.urlParam(p, l, args)
	case "hdr":
		if b.Param = param; !closed || param == "" {
			p.Alert(l.Pos, "balance hdr requires an http header field name.")
			return
		}
		if ok = len(args) == 0 || len(args) == 1 && args[0] == "use_domain_only"; !ok {
			p.Alert(l.Pos, "balance hdr(%s) only accepts 'use_domain_only' modifier (got '%s').", b.Param, clip(args[len(args)-1]))
		}
		b.Domain = len(args) > 0
	case "hash":
		ok = b.hash(p, l, args)
	case "rdp-cookie":
		if b.Param = param; hasParam && (!closed || param == "") {
			p.Alert(l.Pos, "balance rdp-cookie : missing cookie name.")
			return
		}
		if !hasParam {
			b.Param = "mstshash"
		}
		ok = p.noMore(l, word, args)
	case "random":
		ok = b.random(p, l, param, hasParam, closed) && p.noMore(l, word, args)
	default:
		ok = p.noMore(l, word, args)
	}
	if len(b.Args) == 1 && base == word {
		b.Args = nil
	}
	if ok {
		p.proxy.Balance = b
	}
}

func (p *Parser) noMore(l *Line, word string, args []string) bool {
	if len(args) > 0 {
		p.Alert(l.Pos, "'balance %s' cannot handle unexpected argument '%s'.", clip(word), clip(args[0]))
	}
	return len(args) == 0
}

func (b *Balance) uri(p *Parser, l *Line, args []string) bool {
	for i := 0; i < len(args); i++ {
		switch name := args[i]; name {
		case "len", "depth":
			i++
			value := ""
			if i < len(args) {
				value = args[i]
			}
			n, ok := parseInt(value, 1, maxInt)
			if !ok {
				p.Alert(l.Pos, "balance uri : '%s' expects a positive integer (got '%s').", name, clip(value))
				return false
			}
			if name == "len" {
				b.URI.Len = n
			} else {
				b.URI.Depth = n
			}
		case "whole":
			b.URI.Whole = true
		case "path-only":
			b.URI.PathOnly = true
		default:
			p.Alert(l.Pos, "balance uri only accepts parameters 'len', 'depth', 'path-only', and 'whole' (got '%s').%s", clip(name), nearest.Hint(name, slices.Values([]string{"len", "depth", "path-only", "whole"})))
			return false
		}
	}
	return true
}

func (b *Balance) urlParam(p *Parser, l *Line, args []string) bool {
	switch {
	case len(args) == 0 || args[0] == "":
		p.Alert(l.Pos, "balance url_param requires an URL parameter name.")
		return false
	case len(args) > 1 && args[1] != "check_post":
		p.Alert(l.Pos, "balance url_param only accepts 'check_post' modifier (got '%s').", clip(args[1]))
		return false
	}
	b.Param, b.CheckPost = args[0], len(args) > 1 // words behind it had a meaning once
	return true
}

func (b *Balance) hash(p *Parser, l *Line, args []string) bool {
	switch {
	case len(args) == 0 || args[0] == "":
		p.Alert(l.Pos, "balance hash requires a sample expression.")
		return false
	case len(args) > 1:
		p.Alert(l.Pos, "balance hash takes no other argument (got '%s').", clip(args[1]))
		return false
	}
	b.Param = args[0]
	return true
}

func (b *Balance) random(p *Parser, l *Line, param string, has, closed bool) bool {
	b.Draws = 2
	switch n, err := strconv.Atoi(param); {
	case !has || closed && param == "":
		return true
	case err == nil && n < 1:
		p.Alert(l.Pos, "balance random : number of draws must be at least 1.")
		return false
	case err != nil:
		p.Alert(l.Pos, "balance random : unexpected character '%.1s' after argument.", strings.TrimLeft(param, "-0123456789"))
		return false
	case !closed:
		p.Alert(l.Pos, "balance random : missing closing parenthesis.")
		return false
	default:
		b.Draws = n
	}
	return true
}
