package rule

import (
	"errors"
	"fmt"

	"github.com/sluice-proxy/sluice/internal/config"
)

// parseSwitchMode is "switch-mode http [ proto <name> ]" (manual 4.4).
func parseSwitchMode(p *actionParser, words []string) (Action, []string, error) {
	word := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	switch {
	case p.kind != config.KindDefaults && !p.kind.IsFrontend():
		return nil, nil, exprError{fmt.Errorf("'tcp-request switch-mode' not allowed because %s has no frontend capability", p.proxy.Title())}
	case word(0) == "":
		return nil, nil, exprError{errors.New("'tcp-request switch-mode' expects a mode as argument.")}
	case word(0) != "http":
		return nil, nil, exprError{fmt.Errorf("'tcp-request switch-mode' expects a valid mode (got '%s').", word(0))}
	case word(1) != "proto":
		return stop{SwitchMode}, words[1:], nil
	case word(2) == "":
		return nil, nil, exprError{errors.New("'tcp-request switch-mode': 'proto' expects a protocol as argument.")}
	case word(2) == "h1":
		return stop{SwitchMode}, words[3:], nil
	case word(2) == "h2":
		return nil, nil, errors.New("HTTP/2 is not built yet")
	}
	return nil, nil, exprError{fmt.Errorf("'tcp-request switch-mode': 'proto' expects a valid MUX protocol, if specified (got '%s')", word(2))}
}
