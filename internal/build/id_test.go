package build

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Numbers are given in the order of the file around those that were chosen; the
// first proxy is number 2, disabled ones count.
func TestIDs(t *testing.T) {
	run := mustBuild(t, `
frontend a
 bind 127.0.0.1:1-3 name n
 bind 127.0.0.1:9 id 2
 bind 127.0.0.1:10
frontend d
 bind 127.0.0.1:20
 id 3
backend off
 disabled
backend b
 server x 127.0.0.1:1 id 2
 server y 127.0.0.1:1
 server z 127.0.0.1:1
 server w 127.0.0.1:1 id 1
listen l
 bind 127.0.0.1:30
 server s 127.0.0.1:1
backend one
 id 1
`, Options{})
	var got []string
	for _, fe := range run.Frontends {
		got = append(got, fmt.Sprintf("fe %s %d", fe.Name, fe.ID))
		for _, l := range fe.Listeners {
			got = append(got, fmt.Sprintf("  %s %d %s", l.Name, l.ID, l.Key))
		}
	}
	for _, be := range run.Backends {
		got = append(got, fmt.Sprintf("be %s %d", be.Name, be.ID))
		for i, s := range be.Servers {
			if s.Index != i || s.Backend != be {
				t.Errorf("server %s: index %d of %s", s.Name, s.Index, s.Backend.Name)
			}
			got = append(got, fmt.Sprintf("  %s %d num %d", s.Name, s.ID, s.Num))
		}
	}
	want := []string{
		"fe a 2", "  n 1 127.0.0.1:1", "  n 3 127.0.0.1:2", "  n 4 127.0.0.1:3", "  sock-2 2 127.0.0.1:9", "  sock-5 5 127.0.0.1:10",
		"fe d 3", "  sock-1 1 127.0.0.1:20",
		"fe l 6", "  sock-1 1 127.0.0.1:30",
		"be b 5", "  x 2 num 0", "  y 3 num 1", "  z 4 num 2", "  w 1 num 3",
		"be l 6", "  s 1 num 4",
		"be one 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if run.Servers != 5 || len(run.Listeners) != 7 {
		t.Errorf("%d servers, %d listeners", run.Servers, len(run.Listeners))
	}
}

// The connection limits: of the command line, of the section, of the process.
func TestMaxConn(t *testing.T) {
	const text = "global\n maxconn 500\n" + timeoutLines + "frontend a\n bind 127.0.0.1:1\nfrontend b\n bind 127.0.0.1:2\n maxconn 7\n"
	for _, tt := range []struct {
		o          Options
		process    int64
		a, b       int64
		maxThreads int
	}{
		{Options{}, 500, 500, 7, 1},
		{Options{MaxConn: 90, Threads: 3}, 90, 90, 7, 3},
		{Options{ProxyMaxConn: 20}, 500, 20, 7, 1},
	} {
		run := mustBuild(t, text, tt.o)
		if run.MaxConn != tt.process || run.Frontends[0].MaxConn != tt.a || run.Frontends[1].MaxConn != tt.b || run.Threads != tt.maxThreads {
			t.Errorf("%+v: process %d, a %d, b %d, threads %d", tt.o, run.MaxConn, run.Frontends[0].MaxConn, run.Frontends[1].MaxConn, run.Threads)
		}
		if n := len(run.Frontends[0].Loops); n != tt.maxThreads {
			t.Errorf("counters for %d loops, want %d", n, tt.maxThreads)
		}
	}
}
