package stream

import (
	"strings"
	"testing"
)

// With "option http-use-proxy-header" requests that are meant for a proxy keep and
// close connections by Proxy-Connection, too.
func TestUseProxyHeader(t *testing.T) {
	const absolute = "http://h/"
	for _, x := range []struct {
		option          bool
		target, version string
		fields          string
		closes, told    bool // the connection ends; the client is told by Proxy-Connection
	}{
		{true, absolute, "1.1", "Proxy-Connection: close\r\n", true, true},
		{true, absolute, "1.1", "Proxy-Connection: keep-alive\r\n", false, false},
		{true, absolute, "1.1", "Proxy-Connection: keep-alive\r\nConnection: close\r\n", true, true},
		{true, absolute, "1.0", "Proxy-Connection: Keep-Alive\r\n", false, true},
		{true, absolute, "1.0", "Proxy-Connection: close\r\nConnection: keep-alive\r\n", true, true},
		{true, absolute, "1.0", "", true, true},
		{true, absolute, "1.0", "Proxy-Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n", true, true},
		{true, "/", "1.1", "Proxy-Connection: close\r\n", false, false},
		{true, "/", "1.0", "Proxy-Connection: keep-alive\r\n", true, false},
		{false, absolute, "1.1", "Proxy-Connection: close\r\n", false, false},
	} {
		s := newSim(t, true, 1, func(s *sim) { s.fe.UseProxyHeader = x.option })
		c := s.client()
		body := ""
		if strings.Contains(x.fields, "chunked") {
			body = "0\r\n\r\n"
		}
		s.say(c, "POST "+x.target+" HTTP/"+x.version+"\r\nHost: h\r\n"+x.fields+"\r\n"+body)
		u := s.server(0)
		proxied := x.option && x.target == absolute
		// What is ours is not passed on.
		line, _, _ := strings.Cut(strings.ToLower(x.fields), "\r\n")
		if said := strings.HasPrefix(line, "proxy") && !x.told; said && proxied == strings.Contains(string(u.got), line) {
			t.Errorf("%+v: the server got %q", x, u.got)
		}
		s.say(u, "HTTP/1.1 200 OK\r\nProxy-Connection: keep-alive\r\nContent-Length: 2\r\n\r\nok")
		got := s.want(c, "200 OK")
		if c.shut != x.closes && c.closed != x.closes {
			t.Errorf("%+v: closed %v", x, c.shut)
		}
		value := map[bool]string{true: "close", false: "keep-alive"}[x.closes]
		if told := strings.Contains(got, "proxy-connection: "+value); proxied && told != x.told {
			t.Errorf("%+v: the client got %q", x, got)
		}
	}
}

// A server that says so by Proxy-Connection is not given another request.
func TestUseProxyHeaderOfServers(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.fe.UseProxyHeader = true })
	c := s.client()
	s.say(c, "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n")
	u := s.server(0)
	s.say(u, "HTTP/1.1 200 OK\r\nProxy-Connection: close\r\nContent-Length: 2\r\n\r\nok")
	if got := s.want(c, "200 OK"); strings.Contains(got, "proxy-connection") || c.shut {
		t.Errorf("the client got %q, closed %v", got, c.shut)
	}
	if !u.closed {
		t.Error("the server's connection is kept")
	}
}
