package stream

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/sys"
)

func TestUpgradeBecomesATunnel(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	u := s.server(0)
	s.want(u, "upgrade: websocket")
	s.say(u, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nfirst")
	s.want(c, "first")
	s.say(c, "up\x00stream")
	s.want(u, "up\x00stream")
	s.fin(c)
	if !u.shut || c.closed {
		t.Fatal("the client's end of file did not become the server's, or closed too much")
	}
	s.say(u, "late")
	s.want(c, "late")
	s.fin(u)
	if !c.closed || !u.closed {
		t.Fatal("not closed after both ends")
	}
	s.idle()
}

func TestTCPTunnel(t *testing.T) {
	s := newSim(t, false, 1)
	c := s.client()
	s.say(c, "hello")
	u := s.server(0)
	s.want(u, "hello")
	s.say(u, "world")
	s.want(c, "world")
	s.fin(u)
	if !c.shut || c.closed {
		t.Fatal("half-close not passed on")
	}
	u.room = 2
	s.say(c, "more")
	s.fin(c)
	if u.closed {
		t.Fatal("closed while bytes wait for the server")
	}
	u.room = -1
	s.event(u, sys.Out)
	s.want(u, "more")
	if !c.closed || !u.closed {
		t.Fatal("not closed")
	}
	s.idle()
}

func TestTCPTimeouts(t *testing.T) {
	s := newSim(t, false, 1)
	c := s.client()
	s.server(0)
	for range 5 {
		s.pass(15e9)
		s.say(c, "x") // activity of either side keeps the session
	}
	if c.closed {
		t.Fatal("closed although it was used")
	}
	s.pass(21e9)
	if !c.closed {
		t.Fatal("still open after timeout server")
	}
	s.idle()
}
