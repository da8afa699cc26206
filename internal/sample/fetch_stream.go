package sample

import (
	"strconv"
	"time"
)

// Fetches of what a stream knows of itself: addresses of its client's connection,
// timeouts, the last final rule (manual 7.3.2, 7.3.3).

// ofStream compiles a fetch that asks the stream; without one there is no sample.
func ofStream(get func(a Actor, s *Sample) bool) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool { return c.Stream != nil && get(c.Stream, s) })
}

func fetchFcSrc(a Actor, s *Sample) bool { return s.setIP(a.Peer().Addr().Unmap()) }
func fetchFcDst(a Actor, s *Sample) bool { return s.setIP(a.Local().Addr().Unmap()) }

func fetchFcSrcPort(a Actor, s *Sample) bool {
	return a.Peer().IsValid() && s.setInt(int64(a.Peer().Port()))
}

func fetchFcDstPort(a Actor, s *Sample) bool {
	return a.Local().IsValid() && s.setInt(int64(a.Local().Port()))
}

// proxyTimeout is one of the configuration, of the frontend or of the backend.
func proxyTimeout(which Timeout, backend bool) func([]Arg, *Scope) (Eval, error) {
	return ofStream(func(a Actor, s *Sample) bool {
		return s.setInt(a.ProxyTimeout(which, backend) / 1e6)
	})
}

// timeoutNow is the one in force for the stream. Those of server and tunnel begin
// with the connection: they are 0 before it, unless a rule set them.
func timeoutNow(which Timeout) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		if ns := c.Timeouts[which]; ns > 0 {
			return s.setInt(ns / 1e6)
		}
		if c.Stream == nil {
			return false
		}
		backend := which != TimeoutClient
		switch which {
		case TimeoutTarpit:
			backend = c.Stream.Backend() != 0
		case TimeoutServer, TimeoutTunnel:
			if c.Stream.Fact(FactConnectTime) < 0 {
				return s.setInt(0)
			}
		}
		return s.setInt(c.Stream.ProxyTimeout(which, backend) / 1e6)
	})
}

func fetchLastLine(a Actor, s *Sample) bool {
	file, line := a.LastRule()
	return file != "" && s.setInt(int64(line))
}

// lastRule gives the file of the last final rule, with the line if asked for.
func lastRule(withLine bool) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		if c.Stream == nil {
			return false
		}
		file, line := c.Stream.LastRule()
		if !withLine {
			line = -1
		}
		return c.setPlace(s, file, line)
	})
}

// setPlace gives "file:line", or the file alone when the line is below 0.
func (c *Ctx) setPlace(s *Sample, file string, line int) bool {
	b := c.bytes(len(file) + 21)
	if file == "" || b == nil {
		return false
	}
	out := append(b[:0], file...)
	if line >= 0 {
		out = strconv.AppendInt(append(out, ':'), int64(line), 10)
	}
	return s.setStr(c.keep(b, len(out)))
}

func fetchListenerID(a Actor, s *Sample) bool {
	id, _ := a.Listener()
	return s.setInt(int64(id))
}

func fetchFrontendID(a Actor, s *Sample) bool {
	id, _ := a.Frontend()
	return s.setInt(int64(id))
}

// fetchBackendID gives the frontend's while there is no backend.
func fetchBackendID(a Actor, s *Sample) bool {
	id := a.Backend()
	if id == 0 {
		id, _ = a.Frontend()
	}
	return s.setInt(int64(id))
}

func listenerName(c *Ctx) (name string) {
	if c.Stream != nil {
		_, name = c.Stream.Listener()
	}
	return name
}

func defaultBackend(c *Ctx) (name string) {
	if c.Stream != nil {
		_, name = c.Stream.Frontend()
	}
	return name
}

func fetchActConn(a Actor, s *Sample) bool {
	n, _ := a.Process()
	return s.setInt(n)
}

func fetchStopping(a Actor, s *Sample) bool {
	_, stopping := a.Process()
	return s.setBool(stopping)
}

// compileUptime counts from when the configuration is read, with which a worker
// begins.
func compileUptime([]Arg, *Scope) (Eval, error) {
	began := time.Now()
	return func(_ *Ctx, s *Sample) bool { return s.setInt(int64(time.Since(began) / time.Second)) }, nil
}
