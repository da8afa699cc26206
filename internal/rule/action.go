package rule

import (
	"fmt"
	"strings"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// ActionRow is one row of manual 4.4: an action and the rulesets that have it.
type ActionRow struct {
	Name string // with "(*)" when it takes arguments in parentheses
	Sets string // of "c" tcp-request connection, "t" tcp-request content, "q" http-request, "r" http-response, "a" http-after-response
	// Final: nothing after it runs.
	Final bool
	// parse compiles the words after the action's name and gives those it did
	// not use, which can only be a condition. Nil: known but not built yet.
	parse func(p *actionParser, words []string) (Action, []string, error)
	Doc   string
}

// Built says whether the action can be used.
func (a *ActionRow) Built() bool { return a.parse != nil }

// actionParser is what the parse function of an action may use.
type actionParser struct {
	*Compiler
	set   ruleset
	place sample.Place
	word  string // the action as written
}

// format compiles a format of the rule.
func (p *actionParser) format(text string, style sample.Style) (*sample.Format, error) {
	return sample.ParseFormat(text, style, p.place, p.scope())
}

// Actions lists the rows in the order in which the reference names them.
func Actions() []ActionRow { return actionRows }

var actionRows = []ActionRow{
	{Name: "accept", Sets: "ct", Final: true, parse: parseStop(Accept), Doc: "stops the ruleset and lets the connection pass"},
	{Name: "send-spoe-group", Sets: "tqr"},
	{Name: "wait-for-handshake", Sets: "q"},
	{Name: "set-retries", Sets: "tq"},
	{Name: "set-log-level", Sets: "tqra"},
	{Name: "set-nice", Sets: "tqr"},
	{Name: "switch-mode", Sets: "t"},
	{Name: "use-service", Sets: "tq"},
	{Name: "sc-add-gpc(*)", Sets: "ctqra"},
	{Name: "sc-inc-gpc(*)", Sets: "ctqra"},
	{Name: "sc-inc-gpc0(*)", Sets: "ctqra"},
	{Name: "sc-inc-gpc1(*)", Sets: "ctqra"},
	{Name: "sc-set-gpt(*)", Sets: "ctqra"},
	{Name: "sc-set-gpt0(*)", Sets: "ctqra"},
	{Name: "do-resolve(*)", Sets: "tq"},
	{Name: "cache-use", Sets: "q"},
	{Name: "cache-store", Sets: "r"},
	{Name: "add-acl(*)", Sets: "qr"},
	{Name: "add-header", Sets: "qra", parse: parseSetHeader(true), Doc: "appends a header field"},
	{Name: "add-headers-bin", Sets: "qra"},
	{Name: "allow", Sets: "qra", Final: true, parse: parseStop(Accept), Doc: "stops the ruleset and lets the message pass"},
	{Name: "auth", Sets: "q", Final: true},
	{Name: "capture", Sets: "ctqra"},
	{Name: "del-acl(*)", Sets: "qr"},
	{Name: "del-header", Sets: "qra", parse: parseDelHeader, Doc: "removes header fields by name"},
	{Name: "del-headers-bin", Sets: "qra"},
	{Name: "del-map(*)", Sets: "qra"},
	{Name: "deny", Sets: "qr", Final: true, parse: parseAnswer(Deny), Doc: "answers with an error"},
	{Name: "disable-l7-retry", Sets: "q"},
	{Name: "do-log", Sets: "qra"},
	{Name: "early-hint", Sets: "q"},
	{Name: "normalize-uri", Sets: "q"},
	{Name: "pause", Sets: "qr"},
	{Name: "redirect", Sets: "qr", Final: true, parse: parseRedirectAction, Doc: "answers with a redirection"},
	{Name: "reject", Sets: "ctq", Final: true, parse: parseStop(Close), Doc: "closes the connection without an answer"},
	{Name: "replace-header", Sets: "qra", parse: parseReplaceHeader(false), Doc: "replaces field values that a regular expression matches"},
	{Name: "replace-path", Sets: "q", parse: parseReplacePart(partPath), Doc: "replaces a path that a regular expression matches"},
	{Name: "replace-pathq", Sets: "q", parse: parseReplacePart(partPathq), Doc: "replaces path and query when a regular expression matches"},
	{Name: "replace-uri", Sets: "q", parse: parseReplacePart(partURI), Doc: "replaces the target when a regular expression matches"},
	{Name: "replace-value", Sets: "qra", parse: parseReplaceHeader(true), Doc: "replaces comma-separated values that a regular expression matches"},
	{Name: "return", Sets: "qr", Final: true, parse: parseAnswer(Respond), Doc: "answers in place of a server"},
	{Name: "set-header", Sets: "qra", parse: parseSetHeader(false), Doc: "replaces a header field"},
	{Name: "set-headers-bin", Sets: "qra"},
	{Name: "set-map(*)", Sets: "qra"},
	{Name: "set-method", Sets: "q", parse: parseSetPart(partMethod), Doc: "replaces the method"},
	{Name: "set-path", Sets: "q", parse: parseSetPart(partPath), Doc: "replaces the path"},
	{Name: "set-pathq", Sets: "q", parse: parseSetPart(partPathq), Doc: "replaces path and query"},
	{Name: "set-query", Sets: "q", parse: parseSetPart(partQuery), Doc: "replaces the query"},
	{Name: "set-status", Sets: "ra", parse: parseSetStatus, Doc: "replaces the status of a response"},
	{Name: "set-uri", Sets: "q", parse: parseSetPart(partURI), Doc: "replaces the target"},
	{Name: "strict-mode", Sets: "qra"},
	{Name: "tarpit", Sets: "q", Final: true},
	{Name: "track-sc(*)", Sets: "qr"},
	{Name: "set-timeout", Sets: "qr"},
	{Name: "wait-for-body", Sets: "qr"},
	{Name: "set-var-fmt(*)", Sets: "ctqra"},
	{Name: "set-var(*)", Sets: "ctqra"},
	{Name: "unset-var(*)", Sets: "ctqra"},
	{Name: "do-log", Sets: "ct"},
	{Name: "set-bc-mark", Sets: "tq"},
	{Name: "set-bc-tos", Sets: "tq"},
	{Name: "set-dst", Sets: "ctq"},
	{Name: "set-dst-port", Sets: "ctq"},
	{Name: "set-fc-mark", Sets: "ctqr"},
	{Name: "set-fc-tos", Sets: "ctqr"},
	{Name: "set-mark", Sets: "ctqr"},
	{Name: "set-src", Sets: "ctq"},
	{Name: "set-src-port", Sets: "ctq"},
	{Name: "set-tos", Sets: "ctqr"},
	{Name: "silent-drop", Sets: "ctqr"},
	{Name: "set-bandwidth-limit", Sets: "tqr"},
	{Name: "set-priority-class", Sets: "tq"},
	{Name: "set-priority-offset", Sets: "tq"},
	{Name: "expect-proxy", Sets: "c"},
	{Name: "expect-netscaler-cip", Sets: "c"},
}

// letter is how the rows name a ruleset.
func (s ruleset) letter() string {
	return [...]string{tcpConnection: "c", tcpContent: "t", httpRequest: "q", httpResponse: "r", redirects: "", useBackend: ""}[s]
}

// findAction finds the row for an action as written: by its whole name, or up
// to the parenthesis; track-sc also by a number.
func findAction(set ruleset, word string) *ActionRow {
	for i := range actionRows {
		a := &actionRows[i]
		if !strings.Contains(a.Sets, set.letter()) && a.Name != "track-sc(*)" {
			continue
		}
		if base, takes := strings.CutSuffix(a.Name, "(*)"); takes {
			if rest, ok := strings.CutPrefix(word, base); ok && (strings.HasPrefix(rest, "(") || base == "track-sc" && rest != "" && '0' <= rest[0] && rest[0] <= '9') {
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
	var names []string
	first := []string{"accept", "reject", "capture", "expect-proxy", "expect-netscaler-cip"}
	if set == tcpConnection || set == tcpContent {
		for _, n := range first {
			names = append(names, "'"+n+"'")
		}
		names = append(names, "'track-sc0' ... 'track-sc2'")
	} else {
		first = nil
	}
next:
	for _, a := range actionRows {
		if !strings.Contains(a.Sets, set.letter()) {
			continue
		}
		for _, n := range first {
			if a.Name == n {
				continue next
			}
		}
		names = append(names, "'"+a.Name+"'")
	}
	return strings.Join(names, ", ")
}

// suggest proposes the action that was probably meant.
func suggest(set ruleset, word string) string {
	best, at := "", 1+len(word)/3
	for _, a := range actionRows {
		if strings.Contains(a.Sets, set.letter()) {
			if d := distance(word, strings.TrimSuffix(a.Name, "(*)"), at); d < at {
				best, at = strings.TrimSuffix(a.Name, "(*)"), d
			}
		}
	}
	if best == "" || word == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean '%s' maybe ?", best)
}

// distance counts the changes between two words, neighbours swapped being one;
// it gives up beyond limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
