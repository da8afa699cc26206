package worker

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/cpu"
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
		"frontend a\n bind 127.0.0.1:1-3\n default_backend c\nfrontend b\n bind 127.0.0.1:4\n maxconn 9\n default_backend c\nbackend c\n server s 127.0.0.1:1 check\n server n 127.0.0.1:1\n"
	l, said := newLoad(t, text)
	if err := limits(l.run, l.report); err != nil {
		t.Fatal(err)
	}
	want := int64(hard(t)-(32+4+4*2+1+7+1)) / 2
	if l.run.MaxConn != want || l.run.Frontends[0].MaxConn != want || l.run.Frontends[1].MaxConn != 9 {
		t.Errorf("process %d, frontends %d and %d; want %d and 9", l.run.MaxConn, l.run.Frontends[0].MaxConn, l.run.Frontends[1].MaxConn, want)
	}
	if n := l.run.Backends[0].Fullconn; n != (want+9+9)/10 {
		t.Errorf("the backend's fullconn is %d, a tenth of what both frontends bring is %d", n, (want+9+9)/10)
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

// More than the system gives is fatal, with what would be needed; without
// strict limits it is a warning.
func TestTooManyDescriptors(t *testing.T) {
	for _, c := range []struct {
		line string
		want func(need int) int
	}{
		{"maxconn 500000000", func(need int) int { return 2*500000000 + need }},
		{"ulimit-n 1000000000", func(int) int { return 1000000000 }},
	} {
		text := "global\n nbthread 1\n " + c.line + "\n%s" + timeoutLines + "frontend a\n bind 127.0.0.1:1\n"
		l, _ := newLoad(t, fmt.Sprintf(text, ""))
		most := hard(t)
		need := 32 + 1 + 4 + l.spec.Global.StatsMaxconn
		want := cannotRaise(c.want(need), most, most, need)
		if err := limits(l.run, l.report); err == nil || err.Error() != want {
			t.Errorf("%s: %v\nwant %s", c.line, err, want)
		}
		l, said := newLoad(t, fmt.Sprintf(text, " no strict-limits\n"))
		if err := limits(l.run, l.report); err != nil {
			t.Errorf("%s, lax: %v", c.line, err)
		}
		if got := said.take(); len(got) == 0 || got[0] != "[WARNING]  (42) : ["+os.Args[0]+".main()] "+want {
			t.Errorf("%s, lax: said %q", c.line, got)
		}
		if l.run.MaxConn <= 0 {
			t.Errorf("%s, lax: maxconn %d", c.line, l.run.MaxConn)
		}
	}
}

// machines for the plans below.
func machineOf(cpus ...int) machine {
	s := cpu.Of(cpus...)
	return machine{cpus: cpu.Plain(s), mine: s}
}

// TestPlan runs the lines of a global section on a machine of four CPUs: the
// group and the CPUs of each thread, and what is said.
func TestPlan(t *testing.T) {
	const cpus = "'cpu-map' directives or set the global 'nbthread' value accordingly."
	for _, c := range []struct{ lines, want, said string }{
		{"", "1: 1: 1: 1:", ""},
		{"nbthread 3", "1: 1: 1:", ""},
		{"thread-hard-limit 2", "1: 1:", ""},
		{"nbthread 3;thread-hard-limit 2", "1: 1:", "nbthread forced to a higher value (3) than the configured thread-hard-limit (2), enforcing the limit. Please fix either value to remove this warning."},
		{"nbthread 4;thread-groups 2", "1: 1: 2: 2:", ""},
		{"nbthread 4;thread-groups 2;thread-group 2 1", "2: 1: 1: 1:", ""},
		{"nbthread 2;thread-groups 4", "1: 3:", "More unassigned thread-groups (4) than threads (2). Please reduce thread-groups"},
		{"nbthread 2;cpu-map 1/1 0;cpu-map 1/2 2-3", "1:0 1:2-3", ""},
		{"nbthread 2;cpu-map 1/all 0-3;cpu-map 1/2 1", "1:0-3 1:1", ""},
		{"nbthread 4;cpu-map auto:1/1-4 3 2 1 0", "1:0 1:1 1:2 1:3", ""},
		{"nbthread 4;thread-groups 2;cpu-map auto:2/1-2 0-1;cpu-map auto:1/1-2 2-3", "1:2 1:3 2:0 2:1", ""},
		{"nbthread 4;thread-groups 2;cpu-map auto:1-2 0-1", "1:0 1:0 2:1 2:1", "This configuration binds 4 threads to a total of 2 CPUs via cpu-map directives. This means that some threads will compete for the same CPU, which will cause severe performance degradation. Please fix either the " + cpus},
		{"nbthread 4;cpu-map auto:1/odd 0-1;cpu-map auto:1/even 2-3", "1:0 1:2 1:1 1:3", ""},
		{"nbthread 2;cpu-map 1/1 0", "1:0 1:", "Found 1 thread(s) mapped to a CPU and 1 thread(s) not mapped to any CPU. This will result in some threads being randomly assigned to the same CPU, which will occasionally cause severe performance degradation. First thread bound is 0 and first thread not bound is 1. Please either bind all threads or none (maybe some cpu-map directives are missing?)."},
		{"nbthread 1;cpu-map 1/1 9", "1:", "'cpu-map' binds thread 1 to CPUs 9, none of which this process may use. It stays unbound."},
		{"cpu-set drop-cpu 0", "1:1-3 1:1-3 1:1-3", ""},
		{"cpu-set only-cpu 2-9", "1:2-3 1:2-3", ""},
		{"nbthread 3;cpu-set only-cpu 2-9", "1:2-3 1:2-3 1:2-3", ""},
		{"cpu-set only-core 1 drop-thread 1", "1:1", ""},
		{"cpu-set drop-cpu 0-", "1: 1: 1: 1:", "'cpu-set' leaves no CPU to run on. It is ignored."},
		{"max-threads-per-group 2;cpu-policy performance", "1:0-1 1:0-1 2:2-3 2:2-3", ""},
		{"cpu-policy none;cpu-affinity per-thread", "1:0 1:1 1:2 1:3", ""},
		{"nbthread 2;cpu-affinity per-core", "1:0 1:1", ""},
		{"no numa-cpu-mapping", "1: 1: 1: 1:", ""},
	} {
		spec, diag := config.Parse([]config.File{{Name: "t.cfg", Data: []byte("global\n " + strings.ReplaceAll(c.lines, ";", "\n ") + "\n")}}, config.Options{})
		for _, m := range diag.List {
			t.Fatalf("%s: %s", c.lines, m)
		}
		p := plan(spec.Global, machineOf(0, 1, 2, 3), diag)
		var got []string
		for i, s := range p.cpus {
			got = append(got, fmt.Sprintf("%d:%s", p.groups[i], s))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s, want %s", c.lines, text, c.want)
		}
		said := ""
		if len(diag.List) > 0 {
			said = diag.List[0].Text
		}
		if said != c.said || len(diag.List) > 1 {
			t.Errorf("%s: said %q, want %q", c.lines, diag.List, c.said)
		}
	}
}

// A process that was started on some CPUs uses those, unless cpu-set resets
// that; a quota bounds the automatic number only.
func TestPlanNarrowed(t *testing.T) {
	m := machineOf(0, 1, 2, 3)
	m.mine, m.quota = cpu.Of(1, 2), 1.5
	show := func(lines string) string {
		spec, diag := config.Parse([]config.File{{Name: "t.cfg", Data: []byte("global\n " + lines + "\n")}}, config.Options{})
		p := plan(spec.Global, m, diag)
		return fmt.Sprint(len(p.cpus), p.cpus[0], diag.List)
	}
	equal(t, "plans", []string{show(""), show("nbthread 5"), show("cpu-set reset")}, []string{"2  []", "5  []", "2 0-3 []"})
	m.quota = 0.3
	equal(t, "plans", []string{show("")}, []string{"1  []"})
}

func TestThisMachine(t *testing.T) {
	m := thisMachine()
	if m.mine.Len() != runtime.NumCPU() || len(m.cpus.Only(m.mine)) != m.mine.Len() {
		t.Errorf("%d CPUs, %d of them known, of %d that may be used", len(m.cpus), len(m.cpus.Only(m.mine)), runtime.NumCPU())
	}
}
