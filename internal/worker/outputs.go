package worker

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
)

// output is what a proxy logs to; nil when it logs nowhere.
func (s *service) output(p *config.Proxy) *logs.Output {
	s.outputs.RLock()
	defer s.outputs.RUnlock()
	return s.run.Outputs[p]
}

func (s *service) setOutput(p *config.Proxy, o *logs.Output) {
	s.outputs.Lock()
	defer s.outputs.Unlock()
	s.run.Outputs[p] = o
}
