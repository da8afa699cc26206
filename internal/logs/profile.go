package logs

import (
	"errors"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Profile is a log-profile section (manual 8.3.5): what a target shows in place of
// the proxy's formats, by the moment a line is made.
type Profile struct {
	tag   string // "": the proxy's
	steps [origins]*profileStep
}

// profileStep replaces what a line of one moment shows; nil: as the proxy says.
type profileStep struct {
	drop       bool
	format, sd *Format
}

// stepOrigins are the moments by their names in "on" and "log-steps".
var stepOrigins = map[string]Origin{
	"accept": OriginAccept, "request": OriginRequest, "connect": OriginConnect, "response": OriginResponse, "close": OriginClose, "error": OriginSessionError,
	"http-req": OriginHTTPReq, "http-res": OriginHTTPRes, "http-after-res": OriginHTTPAfterRes, "tcp-req-conn": OriginTCPReqConn,
	"tcp-req-sess": OriginTCPReqSess, "tcp-req-cont": OriginTCPReqCont, "tcp-res-cont": OriginTCPResCont,
}

// NewProfile compiles the formats of a section. "any" stands for all moments
// without a line of their own.
func NewProfile(f *config.LogProfile) (*Profile, error) {
	p := &Profile{tag: f.LogTag}
	var any *profileStep
	for _, s := range f.Steps {
		step, err := newProfileStep(s)
		if err != nil {
			return nil, err
		}
		if s.Step == "any" {
			any = step
		} else if o, ok := stepOrigins[s.Step]; ok { // not quic-init: there is no QUIC
			p.steps[o] = step
		}
	}
	for o := range p.steps {
		if p.steps[o] == nil {
			p.steps[o] = any
		}
	}
	return p, nil
}

func newProfileStep(s *config.LogStep) (step *profileStep, err error) {
	step = &profileStep{drop: s.Drop}
	if s.Format != "" {
		if step.format, err = Compile(s.Format, s.Pos, stepKind(s), nil); err != nil {
			return nil, err
		}
	}
	if s.SD != "" {
		step.sd, err = Compile(s.SD, s.Pos, Structured, nil)
	}
	return step, err
}

// CheckProfiles reports what is wrong with the formats of log-profile sections.
func CheckProfiles(s *config.Spec, d *config.Diagnostics) {
	for _, f := range s.LogProfiles {
		for _, step := range f.Steps {
			checkFormat(step.Format, step.Pos, stepKind(step), d)
			checkFormat(step.SD, step.Pos, Structured, d)
		}
	}
}

func stepKind(s *config.LogStep) Kind {
	if s.Step == "error" {
		return ConnError
	}
	return Traffic
}

func checkFormat(text string, pos config.Pos, kind Kind, d *config.Diagnostics) {
	var fault *FormatError
	if _, err := Compile(text, pos, kind, nil); errors.As(err, &fault) {
		d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormConfig, Pos: pos,
			Text: "Parsing [" + pos.String() + "]: failed to parse logformat: " + fault.Text + "."})
	}
}
