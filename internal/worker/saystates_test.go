package worker

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/stats"
)

// A living service describes each of its proxies. The forms are the reference's.
func TestSayStates(t *testing.T) {
	s, _, _, said := served(t)
	defer end(s)
	said.take()
	s.sayStates()
	equal(t, "said", said.take(), []string{
		"[WARNING]  (42) : SIGHUP received, dumping servers states.",
		"[WARNING]  (42) : SIGHUP: Proxy web has no servers. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0.",
		"[WARNING]  (42) : SIGHUP: Proxy idle has no servers. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0.",
		"[WARNING]  (42) : SIGHUP: Server app/one is UP. Conn: 0 act, 0 pend, 0 tot.",
		"[WARNING]  (42) : SIGHUP: Server app/off is DOWN. Conn: 0 act, 0 pend, 0 tot.",
		"[WARNING]  (42) : SIGHUP: Server app/spare is UP. Conn: 0 act, 0 pend, 0 tot.",
		"[WARNING]  (42) : SIGHUP: Server app/none is UP. Conn: 0 act, 0 pend, 0 tot.",
		"[WARNING]  (42) : SIGHUP: Proxy app has 1 active servers and 1 backup servers available. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0.",
		"[WARNING]  (42) : SIGHUP: Server spares/a is UP. Conn: 0 act, 0 pend, 0 tot.",
		"[WARNING]  (42) : SIGHUP: Server spares/b is UP. Conn: 0 act, 0 pend, 0 tot.",
		"[WARNING]  (42) : SIGHUP: Proxy spares is running on backup servers ! Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0.",
	})
}

func TestDescribe(t *testing.T) {
	fe := &stats.Row{Kind: stats.Frontend, Connections: 9, Sessions: 3}
	be := &stats.Row{Kind: stats.Backend, Sessions: 2, SessionsTotal: 7, Queue: 1}
	srv := &stats.Row{Kind: stats.Server, Name: "s", Down: true, Sessions: 2, SessionsTotal: 5, Queue: 4}
	equal(t, "a proxy whose only server is down", describe("p", []*stats.Row{fe, srv, be}), []string{
		"SIGHUP: Server p/s is DOWN. Conn: 2 act, 4 pend, 5 tot.",
		"SIGHUP: Proxy p has no server available ! Conn: act(FE+BE): 3+2, 5 pend (1 unass), tot(FE+BE): 9+7.",
	})
}
