package rule

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// ruleset tells the rulesets apart, in the order in which they are processed.
type ruleset uint8

const (
	tcpConnection ruleset = iota
	tcpSession
	tcpContent
	httpRequest
	redirects
	useBackend
	tcpResponse
	httpResponse
	httpAfter
)

var rulesetNames = [...]string{"tcp-request connection", "tcp-request session", "tcp-request content", "http-request", "redirect", "use_backend", "tcp-response content", "http-response", "http-after-response"}

func (s ruleset) String() string { return rulesetNames[s] }

// place is where the rules of a set run in a proxy of kind k. Rules of a
// defaults section may end up in a frontend or in a backend.
func (s ruleset) place(k config.Kind) (p sample.Place) {
	fe := [...]sample.Place{sample.FeTCPConn, sample.FeTCPSess, sample.FeTCPReq, sample.FeReqHead, sample.FeReqHead, sample.FeSwitch, 0, sample.FeResHead, sample.FeResHead}
	be := [...]sample.Place{0, 0, sample.BeTCPReq, sample.BeReqHead, sample.BeReqHead, 0, sample.BeTCPRes, sample.BeResHead, sample.BeResHead}
	if k.IsFrontend() || k == config.KindDefaults {
		p |= fe[s]
	}
	if k.IsBackend() || k == config.KindDefaults {
		p |= be[s]
	}
	return p
}
