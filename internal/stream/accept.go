package stream

import (
	"net/netip"
	"slices"
	"sync/atomic"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// Listening is a socket of a listener in service: all threads of the listener
// watch it, and who accepts gives the connection to the least loaded of them.
type Listening struct {
	e    *Engine
	ln   *proxy.Listener
	sock proxy.Socket
	acc  []*acceptor // at least one
	off  atomic.Bool // left or retired
}

// acceptor is one thread's registration of a listening socket.
type acceptor struct {
	th   *Thread
	of   *Listening
	tok  loop.Token
	on   bool
	wait loop.Timer
}

// Serve starts accepting on a socket of ln, which must be listening already.
func (e *Engine) Serve(ln *proxy.Listener, sock proxy.Socket) *Listening {
	l := &Listening{e: e, ln: ln, sock: sock}
	for _, t := range e.threads {
		if ln.Threads != nil && !slices.Contains(ln.Threads, t.id) {
			continue
		}
		a := &acceptor{th: t, of: l}
		a.wait.Fire = a.retry
		l.acc = append(l.acc, a)
	}
	// What it accepts inherits these; without effect on UNIX sockets.
	sys.SetNoDelay(sock.FD)
	sys.SetQuickAck(sock.FD, !ln.Frontend.SmartAccept)
	e.listeners.Add(1)
	l.sync()
	e.serving.add(l)
	return l
}

// sync has every thread watch or leave the socket, as the flags say when it
// gets to it.
func (l *Listening) sync() {
	for _, a := range l.acc {
		a.th.Post(a.sync)
	}
}

func (a *acceptor) sync() {
	l := a.of
	want := !l.off.Load() && !l.e.held.Load() && !l.e.short.Load() && !l.ln.Frontend.Full.Load() && !l.ln.Full.Load()
	switch {
	case want && !a.on:
		tok, err := a.th.Register(l.sock.FD, a, sys.In|sys.Exclusive)
		if err != nil {
			l.e.logf("cannot watch the socket of listener %s: %v", l.sock.Key, err)
			return
		}
		a.tok, a.on = tok, true
	case !want && a.on:
		a.th.Unregister(l.sock.FD, a.tok)
		a.on = false
	}
}

// Leave stops accepting and closes the socket; whoever else holds it serves on.
// What waits is taken all the same: the kernel may have woken only us for it.
func (l *Listening) Leave() { l.Retire() }

// Quiesce begins the end of a socket that nobody else accepts from: no new
// connection is begun, those that have begun are accepted until Retire.
func (l *Listening) Quiesce() {
	_ = sys.Quiesce(l.sock.FD) // without it those that begin last are reset
}

// Retire takes every connection that waits, then closes the socket.
func (l *Listening) Retire() {
	l.quit()
	l.acceptRest()
	_ = sys.Unquiesce(l.sock.FD) // for whoever else holds it; an error where it was not quiesced
	sys.Close(l.sock.FD)
	if l.e.listeners.Add(-1) == 0 && l.e.stopping.Load() {
		l.e.CheckIdle()
	}
}

// acceptRest takes the connections that wait in the kernel, whatever the
// limits: nobody else will.
func (l *Listening) acceptRest() {
	done := make(chan struct{})
	t := l.acc[0].th
	t.Post(func() {
		defer close(done)
		for {
			fd, src, errno := sys.Accept(l.sock.FD)
			if errno == syscall.ECONNABORTED {
				continue
			}
			if errno != 0 {
				if errno != syscall.EAGAIN {
					l.e.exhausted("cannot accept what waits on listener "+l.sock.Key, errno)
				}
				return
			}
			if !l.e.welcome(fd, src, l.ln.Frontend) {
				continue
			}
			l.e.sessRate.Hit(t.Now())
			l.ln.Frontend.SessRate.Hit(t.Now())
			l.e.Conns.Add(1)
			l.ln.Frontend.Conns.Add(1)
			l.ln.Conns.Add(1)
			t.newSession(fd, l.ln, src, t.Now())
		}
	})
	<-done
}

// quit takes the socket out of service.
func (l *Listening) quit() {
	l.e.serving.remove(l)
	l.off.Store(true)
	l.waitSynced()
}

// waitSynced waits until no thread watches the socket any more.
func (l *Listening) waitSynced() {
	for _, a := range l.acc {
		done := make(chan struct{})
		a.th.Post(func() {
			a.sync()
			a.th.DropTimer(&a.wait)
			close(done)
		})
		<-done
	}
}

// OnEvents implements loop.Handler: connections wait.
func (a *acceptor) OnEvents(uint32) {
	a.th.enter(nil)
	e, ln := a.of.e, a.of.ln
	fe := ln.Frontend
	for range e.maxAccept {
		if e.short.Load() {
			return // about to be unregistered: see Hold
		}
		if !e.Conns.TryAdd(e.maxConn.Load()) {
			e.suspend(a, &e.held, e.hasPlace)
			return
		}
		if !fe.Enter() {
			e.Conns.Add(-1)
			e.roomFor(ln)
			e.suspend(a, &fe.Full, fe.Room)
			return
		}
		if !ln.Conns.TryAdd(ln.MaxConn) {
			e.Conns.Add(-1)
			fe.Conns.Add(-1)
			e.roomFor(ln)
			e.suspend(a, &ln.Full, func() bool { return ln.Conns.Load() < ln.MaxConn })
			return
		}
		if wait := e.rateWait(fe, a.th.Now()); wait > 0 {
			e.closedOne(ln)
			a.rest(wait)
			return
		}
		fd, src, errno := sys.Accept(a.of.sock.FD)
		if errno != 0 {
			e.connRate.Undo()
			e.noSession(fe)
			e.closedOne(ln)
			a.acceptFailed(errno)
			return
		}
		a.give(fd, src)
	}
}

// give hands a new connection to the least loaded thread of the listener.
func (a *acceptor) give(fd int, src netip.AddrPort) {
	best, e := a.th, a.of.e
	for _, other := range a.of.acc {
		if t := other.th; !e.tune.KeepAccepted && t.Load.Load()+1 < best.Load.Load() {
			best = t
		}
	}
	ln := a.of.ln
	if !e.welcome(fd, src, ln.Frontend) {
		e.noSession(ln.Frontend)
		e.closedOne(ln)
		return
	}
	e.Conns.Keep()
	ln.Frontend.Conns.Keep()
	ln.Conns.Keep()
	if best == a.th {
		best.newSession(fd, ln, src, best.Now())
		return
	}
	best.Post(func() { best.newSession(fd, ln, src, best.Now()) })
}

// acceptFailed handles what accept(2) can say.
func (a *acceptor) acceptFailed(errno syscall.Errno) {
	switch errno {
	case syscall.EAGAIN, syscall.ECONNABORTED, syscall.EINTR:
		return
	}
	// Most likely no descriptor or no memory is left. The connection stays in the
	// kernel's queue; looking again at once would only burn CPU.
	a.of.e.exhausted("cannot accept a connection on listener "+a.of.sock.Key, errno)
	a.rest(retryAccept)
}

// rest has the thread leave the listener alone for so many ns.
func (a *acceptor) rest(ns int64) {
	if a.on {
		a.th.Unregister(a.of.sock.FD, a.tok)
		a.on = false
	}
	a.th.SetTimer(&a.wait, a.th.Now()+ns)
}

// welcome prepares an accepted socket; one that is not wanted it closes.
func (e *Engine) welcome(fd int, src netip.AddrPort, fe *proxy.Frontend) bool {
	if src.IsValid() {
		if e.tune.RejectPrivileged && src.Port() < 1024 {
			sys.Close(fd)
			return false
		}
	}
	e.tune.Client.apply(fd, src.IsValid())
	if fe.KeepAlive != nil {
		fe.KeepAlive.Apply(fd)
	}
	return true
}

// retryAccept is how long a thread leaves a listener alone after accept failed.
const retryAccept = 100e6

func (a *acceptor) retry() { a.sync() }

// Key returns the socket's name in the master's store.
func (l *Listening) Key() string { return l.sock.Key }

// Frontend returns whose socket it is.
func (l *Listening) Frontend() *proxy.Frontend { return l.ln.Frontend }

// Pause makes the address refuse connections without giving it up: whoever
// holds a duplicate of the socket, the master's store included, sees the same. That
// may not be done to one that was passed on to us, for it is others' as well (and one
// of a port that the kernel chose would get another); its connections wait.
func (l *Listening) Pause() error {
	l.off.Store(true)
	l.waitSynced()
	if b := l.ln.Bind; b != nil && b.Address.Family == config.AFFD {
		return nil
	}
	l.acceptRest()
	return sys.Unlisten(l.sock.FD)
}

// Resume ends Pause.
func (l *Listening) Resume() error {
	if err := sys.Listen(l.sock.FD, l.ln.Backlog); err != nil {
		return err
	}
	l.off.Store(false)
	l.sync()
	return nil
}
