package worker

import (
	"net"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/handover"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// exposeCommand is what "expose-fd listeners" offers the clients of a UNIX stats
// socket: the listening sockets themselves. Elsewhere the connection is closed
// without an answer, as the reference does: its clients would take a text for a
// number.
func (s *service) exposeCommand(conn net.Conn, allowed bool) line.Command {
	return line.Command{Words: []string{handover.Command}, Worker: true, Hidden: true,
		Help: "hands the listening sockets over",
		Run: func(*line.Session, []string, []byte) {
			if c, ok := conn.(*net.UnixConn); ok && allowed {
				if err := handover.Send(c, s.exposed()); err != nil {
					s.report.Warningf("handing the listening sockets over: %v", err)
				}
			}
			conn.Close()
		}}
}

// exposed lists the sockets that this process serves.
func (s *service) exposed() []handover.Socket {
	var list []handover.Socket
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return nil
	}
	s.lent = true
	for _, ln := range s.run.Listeners {
		for _, sock := range append([]proxy.Socket{ln.Socket}, ln.Surplus...) {
			list = append(list, handover.Socket{FD: sock.FD, Interface: ln.Bind.Interface})
		}
	}
	for _, l := range s.cli {
		list = append(list, handover.Socket{FD: l.fd, Interface: l.bind.Interface})
	}
	return list
}
