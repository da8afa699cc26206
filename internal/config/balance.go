package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// Balance is the value of "balance".
type Balance struct {
	Algorithm string // "roundrobin" when not set
	Args      []string
}

// algorithms are known, and built where true.
var algorithms = map[string]bool{
	"roundrobin": true, "leastconn": true,
	"static-rr": false, "first": false, "source": false, "uri": false, "url_param": false, "hash": false,
	"hdr": false, "random": false, "rdp-cookie": false, "log-hash": false, "sticky": false,
}

func parseBalance(p *Parser, l *Line) {
	name := l.Arg(1)
	if name == "" {
		p.proxy.Balance = Balance{Algorithm: "roundrobin"}
		return
	}
	base, _, hasArgs := strings.Cut(name, "(")
	built, known := algorithms[base]
	hint := ""
	if !known {
		hint = nearest.Hint(name, slices.Values(slices.Sorted(maps.Keys(algorithms))))
	}
	switch needsArgs := base == "hdr"; {
	case !known || hasArgs && !slices.Contains([]string{"hdr", "random", "rdp-cookie"}, base) || needsArgs && !hasArgs:
		p.Alert(l.Pos, "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', 'hash', 'hdr(name)', 'rdp-cookie(name)', 'log-hash' and 'sticky' options.%s", hint)
	case !built:
		p.Alert(l.Pos, "'balance %s' in '%s' section is not built yet in this version of Sluice.", clip(name), p.title)
	case len(l.Words) > 2:
		p.Alert(l.Pos, "'balance %s' cannot handle unexpected argument '%s'.", name, clip(l.Words[2]))
	default:
		p.proxy.Balance = Balance{Algorithm: name}
	}
}
