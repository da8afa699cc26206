package cli

import (
	"io"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// InvalidFilter says which invalid messages are shown.
type InvalidFilter struct {
	ProxyID             int // only those at which this proxy was on either side; -1: any
	Requests, Responses bool
}

// Invalids are the last messages that broke the rules of HTTP, one of a kind for
// each proxy.
type Invalids interface {
	ShowInvalid(w io.Writer, f InvalidFilter)
}

// invalidCommands are those of who keeps invalid messages (management guide 9.3,
// "show errors").
func invalidCommands(of Worker) []line.Command {
	has, ok := of.(Invalids)
	if !ok {
		return nil
	}
	w := worker{of}
	return []line.Command{{Words: []string{"show", "errors"}, Args: "[<px>] [request|response]", Help: "report last request and/or response errors for each proxy",
		Level: line.LevelOperator, Worker: true, Run: func(s *line.Session, args []string, _ []byte) {
			f := InvalidFilter{ProxyID: -1, Requests: true, Responses: true}
			if len(args) > 0 {
				id, ok := w.proxyID(args[0])
				if !ok {
					s.Err("No such proxy.")
					return
				}
				f.ProxyID = id
			}
			if len(args) > 1 { // another word means both, in the reference too
				f.Requests, f.Responses = args[1] != "response", args[1] != "request"
			}
			has.ShowInvalid(s, f)
		}}}
}
