package worker

import (
	"strings"
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

// place is where a load stands, for the master: the phase, the line of the
// configuration and what is being waited for. Whoever waits for the load is told
// of the line at most once an interval, since there may be many, but always
// before something that may take for ever, and a little later wherever the load
// got stuck. A nil place tells nobody.
type place struct {
	tell func(name, detail string)

	mu    sync.Mutex
	name  string
	pos   config.Pos
	what  string // beside the line
	told  string // what was told last
	ended bool
	stop  chan struct{}
}

// placeEvery is how old the line may be that is known of a load that hangs.
const placeEvery = 200 * time.Millisecond

func newPlace(tell func(name, detail string)) *place {
	p := &place{tell: tell, stop: make(chan struct{})}
	go p.run()
	return p
}

func (p *place) run() {
	tick := time.NewTicker(placeEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			p.mu.Lock()
			p.send()
			p.mu.Unlock()
		}
	}
}

// phase begins a phase, which is told at once.
func (p *place) phase(name, detail string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.name, p.what, p.pos = name, detail, config.Pos{}
	p.send()
}

// line notes the line that the load is at.
func (p *place) line(pos config.Pos) {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.pos = pos
	p.mu.Unlock()
}

// busy tells what may take for ever; the function returned ends it.
func (p *place) busy(what string) (done func()) {
	if p == nil {
		return func() {}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	former := p.what
	p.what = what
	p.send()
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.what = former
	}
}

// send tells the place unless it was told already. The caller holds the lock.
func (p *place) send() {
	detail := p.what
	if p.pos != (config.Pos{}) {
		detail = strings.TrimSuffix(p.pos.String()+": "+detail, ": ")
	}
	if now := p.name + "\x00" + detail; !p.ended && p.name != "" && now != p.told {
		p.told = now
		p.tell(p.name, detail)
	}
}

// end stops the telling: READY ends the channel for it.
func (p *place) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.ended = true
		close(p.stop)
	}
}
