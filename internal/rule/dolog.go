package rule

import (
	"errors"
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// doLog writes a log line about the stream as it is now.
type doLog struct {
	at      sample.LogStep
	profile string // "": those of the targets
}

// logSteps are the steps by the rulesets in which the action stands.
var logSteps = map[string]sample.LogStep{
	"http-request": sample.LogHTTPReq, "http-response": sample.LogHTTPRes, "http-after-response": sample.LogHTTPAfterRes,
	"tcp-request connection": sample.LogTCPReqConn, "tcp-request session": sample.LogTCPReqSess,
	"tcp-request content": sample.LogTCPReqCont, "tcp-response content": sample.LogTCPResCont,
}

func parseDoLog(p *actionParser, words []string) (Action, []string, error) {
	a := doLog{at: logSteps[p.set.String()]}
	if len(words) > 0 && words[0] == "profile" {
		if len(words) < 2 {
			return nil, nil, errors.New("action 'do-log': 'profile' expects argument.")
		}
		a.profile, words = words[1], words[2:]
	}
	return a, words, nil
}

// checkLogProfiles looks up the profiles that the rules of a proxy name: their
// sections may come later in the configuration.
func checkLogProfiles(p *config.Proxy, s *config.Spec, d *config.Diagnostics) {
	for _, set := range p.Rules {
		for _, x := range set {
			r, ok := x.Program.(*Rule)
			if !ok {
				continue
			}
			a, ok := r.Action.(doLog)
			if ok && a.profile != "" && !slices.ContainsFunc(s.LogProfiles, func(f *config.LogProfile) bool { return f.Name == a.profile }) {
				d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: x.Pos,
					Text: "Proxy '" + p.Name + "': do-log action: profile '" + a.profile + "' is invalid."})
			}
		}
	}
}

func (a doLog) Do(c *sample.Ctx, _ *Result) Verdict {
	if c.Stream != nil {
		c.Stream.Log(a.at, a.profile)
	}
	return Continue
}
