package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/stats"
)

// showStat is "show stat [domain proxy] [<proxy> <type> <sid>] [desc|json|no-maint|typed|up]*". As in the reference, three words or
// more begin with the triple, and words that mean nothing are passed over.
func (w worker) showStat(s *line.Session, args []string, _ []byte) {
	if len(args) > 0 && args[0] == "domain" {
		if len(args) < 2 || !slices.Contains([]string{"proxy", "resolvers"}, args[1]) {
			s.Err("Invalid statistics domain.")
			return
		}
		if refuse(s, "show stat", args[1:2], "resolvers") {
			return
		}
		args = args[2:]
	}
	f := stats.NewFilter()
	if len(args) >= 3 {
		id, ok := w.proxyID(args[0])
		if !ok {
			s.Err("No such proxy.")
			return
		}
		f.ProxyID, f.Types, f.ID = id, leadingInt(args[1]), leadingInt(args[2])
		args = args[3:]
	}
	f.Up = slices.Contains(args, "up")
	f.NoMaint = slices.Contains(args, "no-maint")
	stats.Write(s, w, f, form(args)) // an error of the connection shows at the next read
}

// form reads the words that say how values are written. As in the reference, the last format wins.
func form(args []string) stats.Form {
	var f stats.Form
	for _, a := range args {
		switch a {
		case "typed":
			f.Format = stats.Typed
		case "json":
			f.Format = stats.JSON
		case "desc":
			f.Desc = true
		case "float":
			f.Float = true
		}
	}
	return f
}

// proxyID reads "-1" for all, a number, "#number" or a name.
func (w worker) proxyID(text string) (int, bool) {
	if n := leadingInt(strings.TrimPrefix(text, "#")); n != 0 {
		return n, true
	}
	return w.ProxyID(text)
}

// leadingInt reads the number that text begins with, 0 without one.
func leadingInt(text string) int {
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && text[0] == '-') {
		end++
	}
	n, err := strconv.ParseInt(text[:end], 10, 32)
	if err != nil {
		return 0
	}
	return int(n)
}
