package test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/load"
	"github.com/sluice-proxy/sluice/test/origin"
)

// soak chooses between the counts of every day and those of a long run.
func soak[T any](normal, long T) T {
	if os.Getenv("SOAK") == "1" || os.Getenv("SLUICE_SOAK") == "1" {
		return long
	}
	return normal
}

const defaults = `
defaults
    mode http
    timeout connect 2s
    timeout client 20s
    timeout server 20s
`

// A service is an HTTP and a TCP frontend before origins of the test.
type service struct {
	HTTP, TCP string // addresses of the frontends
	Origin    *origin.HTTP
	Echo      *origin.TCP
}

func newService(t *testing.T) *service {
	t.Helper()
	return &service{harness.Addr(t), harness.Addr(t), origin.NewHTTP(t, "o1"), origin.NewEcho(t)}
}

// Config is the configuration of the service with more lines in the HTTP
// frontend and more sections at the end.
func (s *service) Config(frontend, sections string) string {
	// The reference closes idle keep-alive connections when it stops softly
	// unless told to wait for their next request. Sluice must lose nothing
	// without being told, so the line is there for the reference only.
	idle := ""
	if os.Getenv("REFERENCE_IDLE_CLOSE") == "1" {
		idle = "    option idle-close-on-response\n"
	}
	return defaults + idle + fmt.Sprintf(`
frontend web
    bind %s
%s
    default_backend origins

backend origins
    server o1 %s

listen tcp
    mode tcp
    bind %s
    server e1 %s
%s`, s.HTTP, frontend, s.Origin.Addr(), s.TCP, s.Echo.Addr(), sections)
}

// Start starts the service under a master.
func (s *service) Start(t *testing.T, frontend, sections string) *harness.Program {
	t.Helper()
	return harness.Start(t, harness.Options{Config: s.Config(frontend, sections), Await: []string{s.HTTP, s.TCP}})
}

// Load begins all kinds of traffic with that many workers each, and returns
// when each has got going.
func (s *service) Load(t *testing.T, workers int) traffic {
	t.Helper()
	var tr traffic
	for _, p := range []load.Plan{
		{Addr: s.HTTP, Kind: load.KeepAlive},
		{Addr: s.HTTP, Kind: load.PerRequest},
		{Addr: s.TCP, Kind: load.Echo, Rounds: 30},
	} {
		// A little thinking keeps the test from measuring how fast the machine is.
		p.Workers, p.Think = workers, 2*time.Millisecond
		tr = append(tr, load.Start(t.Context(), p))
	}
	tr.Progress(t, 10*time.Second)
	return tr
}

type traffic []*load.Run

// Stop ends the traffic, after some more of it, and fails the test if anything
// was lost.
func (tr traffic) Stop(t *testing.T) {
	t.Helper()
	tr.StopLosing(t, 0)
}

// StopLosing is Stop where each kind of traffic may have lost so many exchanges
// that were in flight in a process that died.
func (tr traffic) StopLosing(t *testing.T, inFlight int64) {
	t.Helper()
	tr.Progress(t, 10*time.Second)
	for _, r := range tr {
		rep := r.Stop()
		counted(t, rep)
		if lost := rep.Lost(); lost > inFlight || lost != rep.Lost(load.Reset, load.Closed) || rep.OK() == 0 {
			t.Errorf("%d may be lost, as resets and ends: %v", inFlight, rep)
		} else {
			t.Logf("%v", rep)
		}
	}
}

// Progress waits until each kind of traffic has made some more exchanges.
func (tr traffic) Progress(t *testing.T, within time.Duration) {
	t.Helper()
	for _, r := range tr {
		n := r.Done()
		eventually(t, within, "progress of the traffic", func() error {
			if d := r.Done() - n; d < 2 {
				return fmt.Errorf("%d exchanges", d)
			}
			return nil
		})
	}
}

// eventually polls until ok returns nil.
func eventually(t *testing.T, within time.Duration, what string, ok func() error) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		err := ok()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no %s within %v: %v", what, within, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// refusedWithin waits until connects to addr are refused three times running.
func refusedWithin(t *testing.T, addr string, within time.Duration) {
	t.Helper()
	eventually(t, within, "refusal of connects to "+addr, func() error {
		for range 3 {
			err := harness.Connects(addr)
			if err == nil {
				return fmt.Errorf("a connect succeeded")
			}
			if !strings.Contains(err.Error(), "refused") {
				return fmt.Errorf("a connect was not refused but: %w", err)
			}
		}
		return nil
	})
}
