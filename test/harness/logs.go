package harness

import (
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Logs receives syslog datagrams over UDP.
type Logs struct {
	tb    testing.TB
	conn  *net.UDPConn
	mu    sync.Mutex
	lines []string
}

// NewLogs listens on a port of its own until the test ends.
func NewLogs(tb testing.TB) *Logs {
	tb.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		tb.Fatal(err)
	}
	c.SetReadBuffer(8 << 20)
	l := &Logs{tb: tb, conn: c}
	done := make(chan struct{})
	tb.Cleanup(func() {
		c.Close()
		<-done
	})
	go func() {
		defer close(done)
		b := make([]byte, 64<<10)
		for {
			n, err := c.Read(b)
			if err != nil {
				return
			}
			l.mu.Lock()
			l.lines = append(l.lines, strings.TrimRight(string(b[:n]), "\n"))
			l.mu.Unlock()
		}
	}()
	return l
}

// Addr is what a log line of the configuration needs.
func (l *Logs) Addr() string { return l.conn.LocalAddr().String() }

// Lines returns the datagrams that arrived so far.
func (l *Logs) Lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.lines...)
}

// Await waits for a line that matches and returns it. contains narrows what is
// shown when none does.
func (l *Logs) Await(contains, re string, within time.Duration) string {
	l.tb.Helper()
	r := regexp.MustCompile(re)
	deadline := time.Now().Add(within)
	for {
		var near []string
		for _, s := range l.Lines() {
			if strings.Contains(s, contains) {
				if r.MatchString(s) {
					return s
				}
				near = append(near, s)
			}
		}
		if time.Now().After(deadline) {
			l.tb.Errorf("no log line with %q matches %s; with it there are:\n  %s", contains, re, strings.Join(near, "\n  "))
			return ""
		}
		time.Sleep(5 * time.Millisecond)
	}
}
