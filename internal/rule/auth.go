package rule

import (
	"errors"
	"strings"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// auth asks the client for a name and a password (manual 4.4, "auth").
type auth struct{ reply *Reply }

func parseAuth(_ *actionParser, words []string) (Action, []string, error) {
	realm := ""
	if len(words) > 0 && words[0] == "realm" {
		if len(words) < 2 || words[1] == "" {
			return nil, nil, errors.New("missing realm value")
		}
		realm, words = words[1], words[2:]
	}
	if strings.ContainsAny(realm, "\r\n\x00") {
		return nil, nil, errors.New("a realm is one line of text")
	}
	return &auth{&Reply{Status: 401, ErrorPage: true, Challenge: true, Realm: realm}}, words, nil
}

func (a *auth) Do(_ *sample.Ctx, r *Result) Verdict {
	r.Reply = a.reply
	return Respond
}
