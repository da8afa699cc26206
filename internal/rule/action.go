package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/nearest"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// ActionRow is one row of manual 4.4: an action and the rulesets that have it.
type ActionRow struct {
	Name string // with "(*)" when it takes arguments in parentheses
	Args string // what follows the name, in the notation of the manual
	Sets string // letters of the rulesets that have it, see rulesets
	// Final: nothing after it runs.
	Final bool
	// Experimental: "expose-experimental-directives" must allow it.
	Experimental bool
	// parse compiles the words after the action's name and gives those it did
	// not use, which can only be a condition. Nil: known but not built yet.
	parse func(p *actionParser, words []string) (Action, []string, error)
	Doc   string // a sentence
}

// Built says whether the action can be used.
func (a *ActionRow) Built() bool { return a.parse != nil }

// actionParser is what the parse function of an action may use.
type actionParser struct {
	*Compiler
	set   ruleset
	place sample.Place
	kind  config.Kind   // of the proxy
	title string        // its name
	word  string        // the action as written
	proxy *config.Proxy // whose rule it is; rules may give it slots for captures
}

// format compiles a format of the rule.
func (p *actionParser) format(text string, style sample.Style) (*sample.Format, error) {
	return sample.ParseFormat(text, style, p.place, p.scope())
}

// rulesets names the columns of manual 4.3 and the letters the rows use.
var rulesets = []struct{ name, letter string }{
	{"quic-initial", "i"},
	{"tcp-request connection", "c"},
	{"tcp-request session", "s"},
	{"tcp-request content", "t"},
	{"tcp-response content", "u"},
	{"http-request", "q"},
	{"http-response", "r"},
	{"http-after-response", "a"},
}

// Rulesets lists the rulesets that have actions, by their keyword.
func Rulesets() []string {
	var names []string
	for _, r := range rulesets {
		names = append(names, r.name)
	}
	return names
}

// Actions lists the actions of a ruleset, given by its keyword, in the order in
// which the reference names them; none when there is no such ruleset.
func Actions(ruleset string) []ActionRow {
	letter, rows := letterOf(ruleset), []ActionRow(nil)
	for _, a := range actionRows {
		if letter != "" && strings.Contains(a.Sets, letter) {
			rows = append(rows, a)
		}
	}
	return rows
}

func letterOf(ruleset string) string {
	for _, r := range rulesets {
		if r.name == ruleset {
			return r.letter
		}
	}
	return ""
}

// findAction finds the row for an action as written: by its whole name, or up
// to the parenthesis; track-sc also by a number.
func findAction(set ruleset, word string) *ActionRow {
	letter := letterOf(set.String())
	for i := range actionRows {
		a := &actionRows[i]
		if !strings.Contains(a.Sets, letter) {
			continue
		}
		if base, takes := strings.CutSuffix(a.Name, "(*)"); takes {
			if rest, ok := strings.CutPrefix(word, base); ok && (rest == "" && a.Built() || strings.HasPrefix(rest, "(") || base == "track-sc" && rest != "" && '0' <= rest[0] && rest[0] <= '9') {
				return a
			}
		} else if a.Name == word {
			return a
		}
	}
	return nil
}

// expected lists the actions of a set as the reference does in its messages.
func expected(set ruleset) string {
	var names, first []string
	if set <= tcpContent {
		first = []string{"accept", "reject", "capture", "expect-proxy", "expect-netscaler-cip", "track-sc(*)"}
		for _, n := range first[:len(first)-1] {
			names = append(names, "'"+n+"'")
		}
		names = append(names, "'track-sc0' ... 'track-sc2'")
	}
	for _, a := range Actions(set.String()) {
		if !slices.Contains(first, a.Name) {
			names = append(names, "'"+a.Name+"'")
		}
	}
	return strings.Join(names, ", ")
}

// suggest proposes the action that was probably meant.
func suggest(set ruleset, word string) string {
	best := nearest.Name(word, func(yield func(string) bool) {
		for _, a := range Actions(set.String()) {
			if !yield(strings.TrimSuffix(a.Name, "(*)")) {
				return
			}
		}
	})
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean '%s' maybe ?", best)
}
