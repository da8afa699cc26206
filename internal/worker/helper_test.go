package worker

import (
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/build"
	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/report"
)

const timeoutLines = "defaults\n timeout client 10s\n timeout server 10s\n timeout connect 10s\n"

// said by a reporter of process 42, line by line.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) reporter() *report.Reporter {
	return &report.Reporter{PID: 42, Tee: func(_ report.Level, line string) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all = append(l.all, line)
	}}
}

// take returns what was said since the last time.
func (l *lines) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.all
	l.all = nil
	return all
}

// newLoad parses and builds a configuration that must be good.
func newLoad(t *testing.T, text string) (*load, *lines) {
	t.Helper()
	said := &lines{}
	spec, diag := config.Parse([]config.File{{Name: "t.cfg", Data: []byte(text)}}, config.Options{Tables: features.Tables()})
	l := &load{o: &cmdline.Options{}, report: said.reporter(), result: &discovery.Result{}, spec: spec}
	if !diag.Failed() {
		l.run = build.Build(spec, build.Options{Threads: max(spec.Global.NBThread, 1), Resolve: l.resolve}, diag)
	}
	for _, m := range diag.List {
		t.Log(m)
	}
	if diag.Failed() {
		t.Fatal("the configuration is not good")
	}
	return l, said
}

// receiver is a log server.
type receiver struct {
	t *testing.T
	c net.PacketConn
}

func newReceiver(t *testing.T) receiver {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return receiver{t, c}
}

// next is the priority and the text of the next log line.
func (r receiver) next() string {
	r.t.Helper()
	_ = r.c.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 2048)
	n, _, err := r.c.ReadFrom(b)
	if err != nil {
		r.t.Fatal(err)
	}
	priority, rest, _ := strings.Cut(string(b[:n]), ">")
	_, text, _ := strings.Cut(rest, "]: ")
	return priority + "> " + strings.TrimSuffix(text, "\n")
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
