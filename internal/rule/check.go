package rule

import (
	"fmt"
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Check numbers the lists and maps, looks up the http-errors sections that replies
// name, and reports defaults sections whose rules do not fit the sections that use them, which only a whole configuration shows. Rules of a defaults section
// belong to one side: evaluated before the proxy's own, they could otherwise
// run twice for one request (manual 4.2, "http-request").
func Check(s *config.Spec, d *config.Diagnostics) {
	Lists(s.Patterns).Number()
	groups := s.ErrorGroups()
	seen := map[*config.Proxy]bool{}
	for _, p := range append(slices.Clone(s.Defaults), s.Proxies...) {
		checkGroups(p, groups, d)
		checkLogProfiles(p, s, d)
		checkLarge(s, p, d)
		if p.Kind.IsFrontend() {
			checkCaptures(p, d)
			if from := p.From; from != nil && !seen[from] {
				seen[from] = true
				checkCaptures(from, d)
			}
		}
	}
	users := map[*config.Proxy]config.Kind{} // who took rules from a defaults section first
	for _, p := range s.Proxies {
		from := p.From
		if from == nil || !hasRules(from) {
			continue
		}
		first, used := users[from]
		if !used {
			users[from] = p.Kind
		}
		where := fmt.Sprintf(" (defaults section at %s)", from.Pos)
		text := ""
		switch {
		case p.Kind == config.KindListen:
			text = "a listen section cannot inherit from a defaults section defining TCP/HTTP rules"
		case used && first != p.Kind:
			text = "frontends and backends cannot inherit from the same defaults section if it defines TCP/HTTP rules" + where
		case p.Kind == config.KindBackend && len(from.Rules[tcpConnection.String()])+len(from.Rules[tcpSession.String()]) > 0:
			text = "a backend section cannot inherit from a defaults section defining 'tcp-request connection' or 'tcp-request session' rules" + where
		default:
			continue
		}
		d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormTight, Pos: p.Pos, Text: text + "."})
	}
}

func hasRules(p *config.Proxy) bool {
	for _, set := range []ruleset{tcpConnection, tcpSession, tcpContent, httpRequest, tcpResponse, httpResponse, httpAfter} {
		if len(p.Rules[set.String()]) > 0 {
			return true
		}
	}
	return false
}
