package test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sluice-proxy/sluice/test/harness"
)

// throughConfigs reloads, under load, from each configuration to the next and
// from the last to the first.
func throughConfigs(t *testing.T, s *service, configs []string) {
	t.Helper()
	p := harness.Start(t, harness.Options{Config: configs[0], Await: []string{s.HTTP, s.TCP}})
	tr := s.Load(t, soak(3, 8))
	for range soak(4, 40) {
		for i := range configs {
			p.WriteConfig(configs[(i+1)%len(configs)])
			p.MustReload()
			for range 5 {
				harness.MustGet(t, s.HTTP, "/echo")
			}
		}
	}
	tr.Stop(t)
}

// Changes of the configuration that must cost no request of the frontends that
// stay reachable.
func TestChangesUnderLoad(t *testing.T) {
	// rebind writes the HTTP frontend's address in another way.
	rebind := func(s *service, to string) string {
		return strings.Replace(s.Config("", ""), "bind "+s.HTTP, "bind "+to, 1)
	}
	port := func(s *service) string {
		_, p, _ := net.SplitHostPort(s.HTTP)
		return p
	}
	for _, c := range []struct {
		name    string
		configs func(t *testing.T, s *service) []string
	}{
		{"nbthread 4, 1", func(_ *testing.T, s *service) []string {
			return []string{"global\n    nbthread 4\n" + s.Config("", ""), "global\n    nbthread 1\n" + s.Config("", "")}
		}},
		{"all addresses, one address", func(_ *testing.T, s *service) []string {
			return []string{rebind(s, "*:"+port(s)), rebind(s, s.HTTP)}
		}},
		{"v4v6, v4 alone", func(_ *testing.T, s *service) []string {
			return []string{rebind(s, ":::"+port(s)+" v4v6"), rebind(s, "*:"+port(s))}
		}},
		{"v4v6, v6only beside v4", func(_ *testing.T, s *service) []string {
			return []string{rebind(s, ":::"+port(s)+" v4v6"), rebind(s, ":::"+port(s)+" v6only\n    bind *:"+port(s))}
		}},
		{"v4v6, v6only beside v4, over IPv6", func(t *testing.T, s *service) []string {
			configs := []string{rebind(s, ":::"+port(s)+" v4v6"), rebind(s, ":::"+port(s)+" v6only\n    bind *:"+port(s))}
			s.overIPv6(t)
			return configs
		}},
		{"v4v6, v6 alone, over IPv6", func(t *testing.T, s *service) []string {
			configs := []string{rebind(s, ":::"+port(s)+" v4v6"), rebind(s, ":::"+port(s)+" v6only"), rebind(s, "[::1]:"+port(s))}
			s.overIPv6(t)
			return configs
		}},
		{"port moved to another frontend", func(_ *testing.T, s *service) []string {
			moved := strings.Replace(s.Config("", ""), "frontend web\n    bind "+s.HTTP, "frontend elsewhere\n    bind "+s.HTTP, 1)
			return []string{s.Config("", ""), moved}
		}},
		{"port moved between two frontends that stay", func(t *testing.T, s *service) []string {
			spare := harness.Addr(t)
			two := func(web, other string) string {
				return strings.Replace(s.Config("", ""), "bind "+s.HTTP, "bind "+web, 1) +
					"frontend other\n    bind " + other + "\n    default_backend origins\n"
			}
			return []string{two(s.HTTP, spare), two(spare, s.HTTP)}
		}},
		{"mode of another frontend", func(t *testing.T, s *service) []string {
			addr := harness.Addr(t)
			in := func(mode string) string {
				return s.Config("", fmt.Sprintf("listen unrelated\n    mode %s\n    bind %s\n    server x %s\n", mode, addr, s.Origin.Addr()))
			}
			return []string{in("http"), in("tcp")}
		}},
		{"listener removed, added again", func(t *testing.T, s *service) []string {
			addr := harness.Addr(t)
			return []string{s.Config("    bind "+addr, ""), s.Config("", "")}
		}},
		{"backlog, options of a listener", func(_ *testing.T, s *service) []string {
			return []string{rebind(s, s.HTTP+" backlog 100"), rebind(s, s.HTTP+" backlog 2000 defer-accept"), rebind(s, s.HTTP+" mss 1200")}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t)
			throughConfigs(t, s, c.configs(t, s))
		})
	}
}

// overIPv6 has the HTTP traffic come to ::1.
func (s *service) overIPv6(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here")
	}
	l.Close()
	_, port, _ := net.SplitHostPort(s.HTTP)
	s.HTTP = net.JoinHostPort("::1", port)
}

// Clients who come while an address is given up for a wider one, or the wider for
// it, are not even asked to repeat themselves.
func TestNarrowToWide(t *testing.T) {
	s := newService(t)
	_, port, _ := net.SplitHostPort(s.HTTP)
	in := func(bind string) string { return strings.Replace(s.Config("", ""), "bind "+s.HTTP, "bind "+bind, 1) }
	configs := []string{in(s.HTTP), in("*:" + port), in(":::" + port + " v4v6")}
	p := harness.Start(t, harness.Options{Config: configs[0], Await: []string{s.HTTP, s.TCP}})
	done, ended := make(chan struct{}), make(chan struct{})
	asked, repeated := 0, 0
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			default:
			}
			c, err := net.DialTimeout("tcp", s.HTTP, 10*time.Second)
			if err != nil {
				t.Errorf("after %d: %v", asked, err)
				return
			}
			c.SetDeadline(time.Now().Add(10 * time.Second))
			raw, err := c.(*net.TCPConn).SyscallConn()
			if err != nil {
				t.Error(err)
				return
			}
			raw.Control(func(fd uintptr) {
				if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err != nil {
					t.Error(err)
				} else if info.Total_retrans > 0 {
					repeated++
				}
			})
			io.WriteString(c, "GET /echo HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
			if a, err := harness.ReadAnswer(bufio.NewReader(c), "GET"); err != nil || a.Status != 200 {
				t.Errorf("after %d: %+v, %v", asked, a, err)
				return
			}
			c.Close()
			asked++
		}
	}()
	for range soak(3, 30) {
		for i := range configs {
			p.WriteConfig(configs[(i+1)%len(configs)])
			p.MustReload()
			alone(t, p) // the old worker has closed what it had to
		}
	}
	close(done)
	<-ended
	if asked == 0 || repeated > 0 {
		t.Errorf("%d clients, of whom %d had to repeat their SYN", asked, repeated)
	}
	noted(t, "%d clients, %d of whom had to repeat their SYN", asked, repeated)
}
