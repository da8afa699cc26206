package master

import (
	"fmt"
	"time"

	"github.com/sluice-proxy/sluice/mworker"
)

// The service manager hears of a load that takes long once a second, and is
// asked for so much more time: the limit is ours to keep (mworker-load-timeout).
const (
	progressEvery = time.Second
	progressGrace = 30 * time.Second
)

// progress tells the service manager about loads until ended is closed.
func (m *master) progress(ended <-chan struct{}) {
	if m.notify == nil {
		return
	}
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	var p progress
	for {
		select {
		case <-ended:
			return
		case now := <-tick.C:
			if text := p.look(now, m.m.Info().Loading, m.m.Workers()); text != "" {
				m.notify.Extend(progressGrace)
				m.notify.Status(text)
			}
		}
	}
}

// progress is the load that is looked at.
type progress struct {
	worker int
	began  time.Time
}

// look returns what there is to say of a load that was there already when it was
// called last, "" if there is none.
func (p *progress) look(now time.Time, loading bool, workers []mworker.WorkerInfo) string {
	for _, w := range workers {
		if !loading || w.Respawn || w.State != mworker.Loading && w.State != mworker.Checked {
			continue
		}
		if p.worker != w.Number {
			p.worker, p.began = w.Number, now
			return ""
		}
		return fmt.Sprintf("Loading for %d s: %s.", now.Sub(p.began).Round(time.Second)/time.Second+1, w.Phase)
	}
	p.worker = 0
	return ""
}
