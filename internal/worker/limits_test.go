package worker

import (
	"fmt"
	"syscall"
	"testing"
)

// hard is the limit of descriptors that a process without privileges can get.
func hard(t *testing.T) int {
	t.Helper()
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	return int(min(l.Max, 1<<30))
}

// Without "maxconn" the limit follows from the descriptors: two a connection,
// after those for everything else. Frontends without a limit get it.
func TestAutomaticMaxConn(t *testing.T) {
	const text = "global\n nbthread 2\n stats maxconn 7\n stats socket /tmp/x\n" + timeoutLines +
		"frontend a\n bind 127.0.0.1:1-3\nfrontend b\n bind 127.0.0.1:4\n maxconn 9\nbackend c\n server s 127.0.0.1:1 check\n server n 127.0.0.1:1\n"
	l, said := newLoad(t, text)
	if err := limits(l.run, l.report); err != nil {
		t.Fatal(err)
	}
	want := int64(hard(t)-(32+4+4*2+1+7+1)) / 2
	if l.run.MaxConn != want || l.run.Frontends[0].MaxConn != want || l.run.Frontends[1].MaxConn != 9 {
		t.Errorf("process %d, frontends %d and %d; want %d and 9", l.run.MaxConn, l.run.Frontends[0].MaxConn, l.run.Frontends[1].MaxConn, want)
	}
	equal(t, "said", said.take(), []string{fmt.Sprintf("[NOTICE]   (42) : Automatically setting global.maxconn to %d.", want)})
}

func TestGivenMaxConn(t *testing.T) {
	l, said := newLoad(t, "global\n nbthread 1\n maxconn 100\n"+timeoutLines+"frontend a\n bind 127.0.0.1:1\n")
	if err := limits(l.run, l.report); err != nil {
		t.Fatal(err)
	}
	if l.run.MaxConn != 100 || l.run.Frontends[0].MaxConn != 100 {
		t.Errorf("process %d, frontend %d", l.run.MaxConn, l.run.Frontends[0].MaxConn)
	}
	equal(t, "said", said.take(), nil)
}

// More than the system gives is said, with what would be needed.
func TestTooManyConnections(t *testing.T) {
	l, said := newLoad(t, "global\n nbthread 1\n maxconn 500000000\n"+timeoutLines+"frontend a\n bind 127.0.0.1:1\n")
	if err := limits(l.run, l.report); err != nil {
		t.Fatal(err)
	}
	need := 2*500000000 + 32 + 1 + 4 + l.spec.Global.StatsMaxconn
	equal(t, "said", said.take(), []string{fmt.Sprintf(
		"[WARNING]  (42) : FD limit (%d) too low for maxconn=500000000/maxsock=%d. Please raise 'ulimit-n' to %d or more to avoid any trouble.", hard(t), need, need)})

	l, said = newLoad(t, "global\n nbthread 1\n ulimit-n 1000000000\n maxconn 10\n"+timeoutLines+"frontend a\n bind 127.0.0.1:1\n")
	if err := limits(l.run, l.report); err != nil {
		t.Fatal(err)
	}
	if got := said.take(); len(got) != 1 || got[0] != fmt.Sprintf("[WARNING]  (42) : Cannot raise the number of descriptors to 1000000000: operation not permitted. It stays at %d.", hard(t)) {
		t.Errorf("said %q", got)
	}
}

func TestThreads(t *testing.T) {
	l, _ := newLoad(t, "global\n nbthread 3\n"+timeoutLines)
	if n := threads(l.spec.Global); n != 3 {
		t.Errorf("nbthread 3: %d", n)
	}
	l.spec.Global.NBThread = 0
	if n := threads(l.spec.Global); n < 1 {
		t.Errorf("without nbthread: %d", n)
	}
}
