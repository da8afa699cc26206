package master

import (
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// filled is a full house: each client reads, so that it is silent, but one.
func filled(t *testing.T) (cs *clients, busy, oldest *client, others []net.Conn) {
	cs = newClients(new(atomic.Bool))
	for n := range maxClients {
		ours, theirs := net.Pipe()
		t.Cleanup(func() { ours.Close(); theirs.Close() })
		c := cs.admit(ours, line.LevelAdmin)
		switch n {
		case 0:
			busy = c
			continue
		case 1:
			oldest = c
		}
		go func() {
			c.Read(make([]byte, 1))
			cs.leave(c)
		}()
		others = append(others, theirs)
		synctest.Wait()
		time.Sleep(time.Millisecond)
	}
	return cs, busy, oldest, others
}

// The client that has been silent the longest makes room for an administrator,
// but not at once, and never one whose command is executed.
func TestAdminIsAdmitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cs, busy, oldest, _ := filled(t)
		begin := time.Now()
		ours, theirs := net.Pipe()
		defer theirs.Close()
		c := cs.admit(ours, line.LevelAdmin)
		if waited := time.Since(begin); waited < dispensable-maxClients*time.Millisecond || waited > dispensable+2*time.Second {
			t.Errorf("admitted after %v", waited)
		}
		synctest.Wait()
		if !cs.open[busy] || cs.open[oldest] || !cs.open[c] || len(cs.open) != maxClients {
			t.Errorf("busy %v, oldest %v, new %v, %d open", cs.open[busy], cs.open[oldest], cs.open[c], len(cs.open))
		}
		if _, err := oldest.Write([]byte("x")); err == nil {
			t.Error("the oldest client's connection is open")
		}
		cs.leave(c)
	})
}

// Clients of lower levels wait, and leave the last place free.
func TestOthersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cs, busy, _, others := filled(t)
		ours, theirs := net.Pipe()
		defer theirs.Close()
		admitted := make(chan *client, 1)
		go func() { admitted <- cs.admit(ours, line.LevelOperator) }()
		time.Sleep(time.Hour)
		if len(admitted) != 0 {
			t.Fatal("an operator took the place of another client")
		}
		cs.leave(busy)
		synctest.Wait()
		if len(admitted) != 0 {
			t.Fatal("an operator took the last place")
		}
		others[0].Close()
		if c := <-admitted; c == nil {
			t.Fatal("the master is not closed")
		} else {
			cs.leave(c)
		}
		cs.close()
		if cs.admit(ours, line.LevelAdmin) != nil {
			t.Error("admitted to a closed master")
		}
	})
}
