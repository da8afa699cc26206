package rule

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// BodyWait is what wait-for-body asks for; the zero value is nothing.
type BodyWait struct {
	Time    int64 // ns, at most
	AtLeast int   // bytes of content; 0: all of it
	Large   bool  // as much as a large buffer holds, "tune.bufsize.large"
}

// waitBody is wait-for-body (manual 4.4).
type waitBody struct{ BodyWait }

func parseWaitBody(p *actionParser, words []string) (Action, []string, error) {
	if len(words) < 2 || words[0] != "time" {
		return nil, nil, errors.New("missing time value")
	}
	d, err := config.ParseDelay(words[1], "wait-for-body time")
	if err != nil {
		return nil, nil, err
	}
	a := &waitBody{BodyWait{Time: int64(d)}}
	rest := words[2:]
	for len(rest) > 0 && !isCond(rest) {
		switch {
		case rest[0] == "at-least" && len(rest) == 1:
			return nil, nil, errors.New("missing argument for 'at-least'")
		case rest[0] == "at-least":
			n, left := config.ParseSize(rest[1])
			if left != "" {
				return nil, nil, fmt.Errorf("invalid value for 'at-least' : '%s'", rest[1])
			}
			a.AtLeast = int(n)
			rest = rest[2:]
		case rest[0] == "use-large-buffer":
			a.Large, rest = true, rest[1:]
		default:
			return nil, nil, errors.New("unexpected argument " + strconv.Quote(rest[0]))
		}
	}
	return a, rest, nil
}

func (a *waitBody) Do(_ *sample.Ctx, r *Result) Verdict {
	r.Body = a.BodyWait
	return Wait
}

// checkLarge reports rules of p that ask for large buffers where there are none.
func checkLarge(s *config.Spec, p *config.Proxy, d *config.Diagnostics) {
	if s.Global.Tune.BufSizeLarge > 0 {
		return
	}
	for _, set := range []ruleset{httpRequest, httpResponse} {
		for _, l := range p.Rules[set.String()] {
			r, ok := l.Program.(*Rule)
			if !ok {
				continue
			}
			if a, ok := r.Action.(*waitBody); ok && a.Large {
				d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: l.Pos,
					Text: fmt.Sprintf("Proxy '%s': unable to use large buffers at %s, 'tune.bufsize.large' global parameter must be set.", p.Name, l.Pos)})
			}
		}
	}
}
