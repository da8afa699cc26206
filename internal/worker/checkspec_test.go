package worker

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config"
)

// Where checks go: to the server, unless "addr" and "port" say otherwise.
func TestCheckAddress(t *testing.T) {
	for words, want := range map[string]string{
		"192.0.2.1:80":                             "tcp 192.0.2.1:80",
		"192.0.2.1:80 port 81":                     "tcp 192.0.2.1:81",
		"192.0.2.1:80 addr 192.0.2.2":              "tcp 192.0.2.2:80",
		"192.0.2.1:80 addr 192.0.2.2:82":           "tcp 192.0.2.2:82",
		"192.0.2.1:80 addr 192.0.2.2:82 port 83":   "tcp 192.0.2.2:83",
		"192.0.2.1:80 addr [2001:db8::1] port 83":  "tcp [2001:db8::1]:83",
		"192.0.2.1:80 addr localhost":              "tcp 127.0.0.1:80",
		"[2001:db8::1]:80":                         "tcp [2001:db8::1]:80",
		"/run/x.sock":                              "unix /run/x.sock",
		"/run/x.sock addr 192.0.2.2 port 83":       "tcp 192.0.2.2:83",
		"192.0.2.1:80 addr /run/y.sock":            "unix /run/y.sock",
		"abnsz@x":                                  "unix @x",
		"abns@x":                                   "unix @x" + strings.Repeat("\x00", 106),
		"abns@x addr 192.0.2.2 port 83":            "tcp 192.0.2.2:83",
		"localhost:80":                             "tcp 127.0.0.1:80",
		"ipv4@localhost:80 addr ipv4@localhost:81": "tcp 127.0.0.1:81",
	} {
		l, _ := newLoad(t, timeoutLines+"backend a\n server s "+words+" check\n")
		be := l.run.Backends[0]
		spec := be.Spec.Servers[0]
		c := checkSpec(be, be.Servers[0], spec, l.run.CheckIPs[spec], 0)
		if got := c.Network + " " + c.Address; got != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}

func TestCheckTimes(t *testing.T) {
	l, _ := newLoad(t, timeoutLines+"backend a\n mode http\n timeout check 4s\n option httpchk\n server s 192.0.2.1:1 check inter 7s fastinter 1s downinter 9s rise 5 fall 6\n")
	be := l.run.Backends[0]
	c := checkSpec(be, be.Servers[0], be.Spec.Servers[0], l.run.CheckIPs[be.Spec.Servers[0]], 25)
	if c.Inter != 7*time.Second || c.FastInter != time.Second || c.DownInter != 9*time.Second ||
		c.Connect != 10*time.Second || c.Read != 4*time.Second || c.Spread != 25 {
		t.Errorf("%+v", c)
	}
}

// A name is looked up in the wanted family only; without one IPv4 is preferred.
func TestResolve(t *testing.T) {
	for _, family := range []config.AF{config.AFNone, config.AFIPv4, config.AFIPv6} {
		ip, err := (&load{o: &cmdline.Options{}}).resolve("localhost", family)
		switch {
		case family == config.AFIPv6 && err != nil: // not every machine has one
		case err != nil:
			t.Error(err)
		case ip.Is4() == (family == config.AFIPv6):
			t.Errorf("family %d: %s", family, ip)
		}
	}
}
