package worker

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Phases and waits are told at once, lines at a bounded rate, nothing after the
// end, and never the same twice.
func TestPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		p := newPlace(func(name, detail string) { told = append(told, name+"|"+detail) })
		expect := func(want ...string) {
			t.Helper()
			p.mu.Lock()
			defer p.mu.Unlock()
			equal(t, "told", told, want)
			told = nil
		}
		p.line(config.Pos{File: "early", Line: 1}) // no phase yet
		time.Sleep(2 * placeEvery)
		synctest.Wait()
		expect()
		p.phase("parsing", "")
		expect("parsing|")
		for i := range 1000 {
			p.line(config.Pos{File: "a.cfg", Line: i + 1})
		}
		expect()
		time.Sleep(placeEvery)
		synctest.Wait()
		expect("parsing|a.cfg:1000")
		time.Sleep(5 * placeEvery)
		synctest.Wait()
		expect()
		p.line(config.Pos{File: "a.cfg", Line: 1001})
		done := p.busy("reading x.map")
		expect("parsing|a.cfg:1001: reading x.map")
		done()
		time.Sleep(placeEvery)
		synctest.Wait()
		expect("parsing|a.cfg:1001")
		p.phase("binding", "ipv4@:80")
		expect("binding|ipv4@:80")
		p.end()
		p.end()
		p.phase("serving", "")
		p.busy("too late")()
		expect()
	})
	var nobody *place
	nobody.phase("x", "")
	nobody.line(config.Pos{})
	nobody.busy("x")()
	nobody.end()
}
