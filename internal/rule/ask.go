package rule

import (
	"errors"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// ACLs gives expressions outside of rules, those of log formats, the ACLs of p for
// "acl(...)" and "when(acl,...)".
func ACLs(p *config.Proxy) func(names []string) (sample.Eval, error) {
	k := &Compiler{Find: func(name string) *ACL { return declared(p, name) }}
	return k.fetchACL
}

// Ask compiles a condition of an administrator, from its "if" or "unless" on, about
// requests of p, whose ACLs it may name; nil: of any frontend. It may not name files:
// a process that serves reads none for a question.
func Ask(words []string, p *config.Proxy) (*Cond, error) {
	k := &Compiler{
		ReadFile: func(string) ([]byte, error) { return nil, errors.New("a question cannot name files") },
		Find:     func(name string) *ACL { return declared(p, name) },
	}
	c, err := k.Cond(words)
	if err != nil {
		return nil, err
	}
	if m := c.check(sample.FeReqHead); m != nil {
		return nil, errors.New(m.text(sample.FeReqHead, ""))
	}
	return c, nil
}
