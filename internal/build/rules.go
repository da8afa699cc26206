package build

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// rules are the compiled rules of one set, those of the defaults section first.
func (b *builder) rules(p *config.Proxy, set string) rule.Set { return rule.Collect(p, set) }
