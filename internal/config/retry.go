package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// RetryOn is a set of the failures after which a request is sent again (manual
// 4.2, "retry-on"). The zero value is "none".
type RetryOn uint32

// The classes of failures, and the answers by their status.
const (
	RetryConnFailure RetryOn = 1 << iota
	RetryEmptyResponse
	RetryJunkResponse
	RetryResponseTimeout
	RetryEarlyData
	retryStatus // and the bits above it: one for each of retryStatuses
)

var (
	retryStatuses = []int{401, 403, 404, 408, 421, 425, 429, 500, 501, 502, 503, 504}
	retryWords    = []string{"conn-failure", "empty-response", "junk-response", "response-timeout", "0rtt-rejected"}
)

// RetryStatus returns the set of one status, the empty one for a status after
// which nothing can be retried.
func RetryStatus(code int) RetryOn {
	i := slices.Index(retryStatuses, code)
	if i < 0 {
		return 0
	}
	return retryStatus << i
}

// Replays says whether a request has to be kept for any of the failures.
func (r RetryOn) Replays() bool { return r&^RetryConnFailure != 0 }

// CoversLoss says whether a request is sent again whatever becomes of the connection
// it went over: that it had been idle is then no risk.
func (r RetryOn) CoversLoss() bool {
	const loss = RetryConnFailure | RetryEmptyResponse | RetryResponseTimeout
	return r&loss == loss
}

// String lists the set in the words of the configuration.
func (r RetryOn) String() string {
	var w []string
	for i, name := range retryWords {
		if r&(1<<i) != 0 {
			w = append(w, name)
		}
	}
	for i, code := range retryStatuses {
		if r&(retryStatus<<i) != 0 {
			w = append(w, strconv.Itoa(code))
		}
	}
	if len(w) == 0 {
		return "none"
	}
	return strings.Join(w, " ")
}

// allRetryable is "all-retryable-errors".
var allRetryable = RetryConnFailure | RetryEmptyResponse | RetryJunkResponse | RetryResponseTimeout | RetryEarlyData |
	RetryStatus(500) | RetryStatus(502) | RetryStatus(503) | RetryStatus(504)

func parseRetryOn(p *Parser, l *Line) {
	words := l.Words[1:]
	if len(words) == 0 {
		p.Alert(l.Pos, "'retry-on' needs at least one keyword to specify when to retry")
		return
	}
	var set RetryOn
	for _, w := range words {
		code, _ := strconv.Atoi(w)
		switch i := slices.Index(retryWords, w); {
		case i >= 0:
			set |= 1 << i
		case w == "all-retryable-errors":
			set |= allRetryable
		case w == "none":
			if len(words) > 1 {
				p.Alert(l.Pos, "'retry-on' 'none' keyword only usable alone")
				return
			}
		case RetryStatus(code) != 0 && len(w) == 3:
			set |= RetryStatus(code)
		default:
			known := append([]string{"none", "all-retryable-errors"}, retryWords...)
			p.Alert(l.Pos, "'retry-on': unknown keyword '%s'%s", clip(w), nearest.Hint(w, slices.Values(known)))
			return
		}
	}
	p.proxy.RetryOn = set
}
