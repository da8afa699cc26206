package worker

import (
	"errors"
	"fmt"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/stream"
)

var _ cli.Explained = (*service)(nil)

// Inquire implements cli.Explained.
func (s *service) Inquire(q cli.Question) (func(why string), error) {
	s.changing.RLock()
	defer s.changing.RUnlock()
	x := &stream.Inquiry{Count: int64(q.Count), Budget: q.Cost, Told: q.Told, Over: q.Over}
	var p *config.Proxy
	if q.Frontend != "" {
		for _, f := range s.run.Frontends {
			if f.Name == q.Frontend {
				x.Frontend, p = f, f.Spec
			}
		}
		if p == nil {
			return nil, fmt.Errorf("no such frontend '%s'", q.Frontend)
		}
	}
	if q.Cond != nil {
		var err error
		if x.Cond, err = rule.Ask(q.Cond, p); err != nil {
			return nil, err
		}
	}
	if !s.engine.Inquire(x) {
		return nil, errors.New("another explanation is in progress")
	}
	return func(why string) { s.engine.Withdraw(x, why, time.Second) }, nil
}
