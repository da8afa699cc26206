package show

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// sections are the sections whose keywords are listed together, by the title
// that the reference gives them.
var sections = []struct {
	title string
	in    config.Sections
}{
	{"global", config.InGlobal},
	{"listen", config.InAnyProxy},
	{"userlist", config.InUserlist},
	{"peers", config.InPeers},
	{"crt-store", config.InCrtStore},
	{"acme", config.InACME},
	{"cache", config.InCache},
	{"fcgi-app", config.InFCGIApp},
	{"healthcheck", config.InHealthCheck},
	{"http-errors", config.InHTTPErrors},
	{"log-forward", config.InLogForward},
	{"log-profile", config.InLogProfile},
	{"mailers", config.InMailers},
	{"namespace_list", config.InNamespaceList},
	{"program", config.InProgram},
	{"resolvers", config.InResolvers},
	{"ring", config.InRing},
	{"traces", config.InTraces},
}

// configuration prints what may stand in a configuration, in a form that
// resembles one.
func configuration(w io.Writer) {
	fmt.Fprintln(w, "# List of registered configuration keywords:")
	for _, s := range sections {
		if config.SectionPart(s.title) != "" {
			continue
		}
		fmt.Fprintln(w, s.title)
		for _, k := range lineKeywords(s.in) {
			fmt.Fprintf(w, "\t%s\n", k)
		}
		if s.in == config.InAnyProxy {
			proxyLines(w)
		}
	}
}

// usable calls f for each row of the sections that can be used.
func usable(in config.Sections, f func(*config.Keyword)) {
	for _, t := range append(config.Rows(), features.Tables()...) {
		for i := range t {
			if k := &t[i]; k.In&in != 0 && !k.Group && k.Parse != nil && k.Part == "" {
				f(k)
			}
		}
	}
}

// lineKeywords lists what lines may begin with, options left out.
func lineKeywords(in config.Sections) []string {
	var names []string
	usable(in, func(k *config.Keyword) {
		if first, _, _ := strings.Cut(k.Name, " "); first != "option" {
			names = append(names, k.Name)
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// proxyLines lists what follows a keyword of proxies: options of bind and server
// lines, options, actions.
func proxyLines(w io.Writer) {
	for _, o := range []struct {
		line  string
		names []config.Option
	}{{"bind <addr>", config.BindOptions()}, {"server <name> <addr>", config.ServerOptions()}} {
		var lines []string
		for _, n := range o.names {
			if !n.Built {
				continue
			}
			l := fmt.Sprintf("\t%s %s", o.line, n.Name)
			if n.Args != 0 {
				l += fmt.Sprintf(" +%d", n.Args)
			}
			lines = append(lines, l)
		}
		slices.Sort(lines)
		for _, l := range slices.Compact(lines) {
			fmt.Fprintln(w, l)
		}
	}
	var lines []string
	usable(config.InAnyProxy, func(k *config.Keyword) {
		if name, ok := strings.CutPrefix(k.Name, "option "); ok {
			lines = append(lines, fmt.Sprintf("\toption %s [%s ]", name, sides(k.In)))
		}
	})
	slices.Sort(lines)
	for _, l := range slices.Compact(lines) {
		fmt.Fprintln(w, l)
	}
	for _, set := range rule.Rulesets() {
		var names []string
		for _, a := range rule.Actions(set) {
			if a.Built() {
				names = append(names, strings.Replace(a.Name, "(*)", "*", 1))
			}
		}
		slices.Sort(names)
		for _, n := range names {
			fmt.Fprintf(w, "\t%s %s\n", set, n)
		}
	}
}

func sides(in config.Sections) string {
	s := ""
	if in&config.InFrontend != 0 {
		s += " FE"
	}
	if in&config.InBackend != 0 {
		s += " BE"
	}
	return s
}
