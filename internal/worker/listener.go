package worker

import (
	"errors"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// bindListener opens the socket of ln. False: it was reported why not.
func (s *service) bindListener(ln *proxy.Listener) bool {
	s.load.at("binding", ln.Key)
	s.load.place.line(ln.Bind.Pos)
	fd, taken, err := s.socks.open(ln.Key, ln.Bind)
	if err != nil {
		s.cannotBind(ln.Bind, frontendOf(ln), err)
		return false
	}
	ln.FD = fd
	if taken {
		s.taken = append(s.taken, ln)
		return true
	}
	s.tune(ln.Bind, frontendOf(ln), fd, false)
	return true
}

// listen puts the sockets of ln into the state in which the kernel gives them
// connections.
func (s *service) listen(ln *proxy.Listener) error {
	ln.Backlog = backlog(ln)
	for _, sock := range append([]proxy.Socket{ln.Socket}, ln.Surplus...) {
		// An inherited socket may be a blocking one, on which accept would hold the
		// whole loop.
		err := sys.SetNonblock(sock.FD)
		if err == nil {
			err = sys.Listen(sock.FD, ln.Backlog)
		}
		if err != nil {
			s.cannotBind(ln.Bind, frontendOf(ln), err)
			return errors.New(bindError(ln.Bind, frontendOf(ln), err))
		}
	}
	return nil
}

// backlog is how many connections may wait to be accepted: the bind line's, the
// frontend's, or as many as it takes (manual 4.2, "backlog").
func backlog(ln *proxy.Listener) int {
	switch {
	case ln.Bind.Backlog > 0:
		return ln.Bind.Backlog
	case ln.Frontend.Spec.Backlog > 0:
		return ln.Frontend.Spec.Backlog
	}
	return int(min(max(ln.Frontend.MaxConn, 128), 1<<16))
}

// retune sets the options of the sockets that were taken over, now that
// they are ours to serve: until now another worker served them as its
// configuration wants.
func (s *service) retune() {
	for _, ln := range s.taken {
		s.tune(ln.Bind, frontendOf(ln), ln.FD, true)
	}
	for _, ln := range s.run.Listeners {
		for _, sock := range ln.Surplus {
			s.tune(ln.Bind, frontendOf(ln), sock.FD, true)
		}
	}
	for _, l := range s.cli {
		if l.taken {
			s.tune(l.bind, "frontend GLOBAL", l.fd, true)
		}
	}
}

// tune sets the options of a socket that can be set at any time, and with reset
// takes back those that are not wanted. A fault is no reason not to serve
// (manual 5.1, "cc").
func (s *service) tune(b *config.Bind, who string, fd int, reset bool) {
	if !b.Address.IsIP() && b.Address.Family != config.AFFD {
		return
	}
	t := sys.Tuning{
		MSS: b.MSS, DeferAccept: b.DeferAccept, FastOpen: b.TFO, UserTimeout: b.UserTimeout, TOS: b.TOS,
		Congestion: b.CC, MD5Password: b.MD5Password, SaveSYN: b.SaveSYN,
	}
	// What a supervisor set on a socket it passed on is not ours to take back.
	if err := t.Apply(fd, reset && b.Address.Family != config.AFFD); err != nil {
		protocol, where := protocolOf(b)
		s.report.Warningf("Starting [%s] for %s: protocol %s: %v for [%s].", b.Pos, who, protocol, err, where)
	}
}

func frontendOf(ln *proxy.Listener) string {
	return kindWord(ln.Frontend.Spec.Kind) + " " + ln.Frontend.Name
}
