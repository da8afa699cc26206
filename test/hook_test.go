package test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// writeScript makes a program of a shell script.
func writeScript(t *testing.T, path, script string) {
	t.Helper()
	writeFile(t, path, "#!/bin/sh\n"+script)
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

// awaitLines waits until a file has so many lines and returns them.
func awaitLines(t *testing.T, path string, n int) (lines []string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		b, _ := os.ReadFile(path) // not there yet
		if lines = strings.Split(strings.TrimSuffix(string(b), "\n"), "\n"); len(b) > 0 && len(lines) >= n {
			return lines
		}
	}
	t.Fatalf("%s has %q, not %d lines", path, lines, n)
	return nil
}

// The program of mworker-on-reload is told of each reload, and of nothing else.
func TestHook(t *testing.T) {
	t.Parallel()
	s := newService(t)
	dir, metrics := harness.TempDir(t), harness.Addr(t)
	script, log := filepath.Join(dir, "hook"), filepath.Join(dir, "log")
	writeScript(t, script, `{
echo "$# $1 $SLUICE_RELOAD_RESULT $SLUICE_RELOAD_GENERATION serving $SLUICE_RELOAD_SERVING from $SLUICE_RELOAD_FROM by $SLUICE_RELOAD_BY secret=$SECRET"
echo "reason $SLUICE_RELOAD_REASON"
echo "hash $SLUICE_RELOAD_HASH ms $SLUICE_RELOAD_DURATION_MS in place $SLUICE_RELOAD_IN_PLACE master $SLUICE_RELOAD_MASTER"
echo "log $(tail -n 1)"
} >> `+log+"\n")
	with := func(more string) string {
		return "global\n    mworker-on-reload " + script + " 'an argument'\n" + more + s.Config("", "")
	}
	p := harness.Start(t, harness.Options{Dir: dir, Config: with(""), Env: []string{"SECRET=x"}, Await: []string{s.HTTP, metrics}, Args: []string{"-S", metrics + ",metrics"}})

	p.MustReload()
	lines := awaitLines(t, log, 4)
	if lines[0] != "1 an argument success 2 serving 2 from 0 by master CLI secret=" || lines[1] != "reason " ||
		!regexp.MustCompile(fmt.Sprintf(`^hash [0-9a-f]{64} ms \d+ in place 0 master %d$`, p.Pid)).MatchString(lines[2]) ||
		!strings.HasSuffix(lines[3], " : Loading success.") {
		t.Errorf("%q", lines)
	}

	// Neither of a check nor of a respawn.
	p.Master("reload check")
	worker := p.Worker()
	p.Kill(worker, syscall.SIGKILL)
	p.AwaitGone(worker, 10*time.Second)
	await(t, "the respawn", func() bool { return strings.Count(p.Output(), "Loading success.") >= 3 })
	p.WriteConfig(with("    nonsense\n"))
	p.Signal(syscall.SIGUSR2)
	lines = awaitLines(t, log, 8)[4:]
	if lines[0] != "1 an argument failure 4 serving 2 from 0 by SIGUSR2 secret=" || lines[1] != "reason the worker exited with code 1 (Exit)" ||
		!strings.Contains(lines[3], "Failed to load worker") {
		t.Errorf("%q", lines)
	}

	if a := p.Master("rollback 1"); !strings.HasPrefix(a, "Success=1\n") {
		t.Fatal(a)
	}
	if lines = awaitLines(t, log, 12)[8:]; lines[0] != "1 an argument success 5 serving 5 from 1 by master CLI secret=" {
		t.Errorf("%q", lines)
	}

	// A configuration without it has none; the one with it is told of what fails.
	p.WriteConfig(s.Config("", ""))
	p.MustReload()
	p.WriteConfig("nonsense\n")
	p.Reload()
	awaitMetric(t, metrics, `sluice_hook_runs_total{result="success"}`, "3")
	if lines = awaitLines(t, log, 12); len(lines) != 12 {
		t.Errorf("%q", lines[12:])
	}
}

// A program that fails, or that takes its time, holds nothing up: neither reloads nor
// the end.
func TestHookThatHangs(t *testing.T) {
	t.Parallel()
	s := newService(t)
	dir, metrics := harness.TempDir(t), harness.Addr(t)
	script, log := filepath.Join(dir, "hook"), filepath.Join(dir, "log")
	// The first hangs, the second fails, the third is there when the master ends.
	writeScript(t, script, `trap '' TERM INT HUP
echo $$ >> `+log+`
case $(wc -l < `+log+`) in
1) sleep 1000 & sleep 1000;;
2) printf 'no such\033[2Jhost\n' >&2; exit 3;;
*) sleep 1000 & echo $! >> `+log+`; sleep 1000;;
esac
`)
	config := "global\n    mworker-on-reload " + script + "\n" + s.Config("", "")
	p := harness.Start(t, harness.Options{Dir: dir, Config: config, Await: []string{s.HTTP, metrics}, Args: []string{"-S", metrics + ",metrics"}})
	begin := time.Now()
	p.MustReload()
	first := awaitLines(t, log, 1)[0]
	p.MustReload()
	p.MustReload()
	if took := time.Since(begin); took > 8*time.Second {
		t.Errorf("three reloads took %v", took)
	}
	p.AwaitOutput(`\[WARNING\] +\(\d+\) : mworker-on-reload: '`+script+`' \(`+first+`\) took more than 10s and was killed\.`, 20*time.Second)
	p.AwaitOutput(`\[NOTICE\] +\(\d+\) : mworker-on-reload \(\d+\): no such\?\[2Jhost`, 20*time.Second)
	p.AwaitOutput(`\[WARNING\] +\(\d+\) : mworker-on-reload: '`+script+`' \(\d+\) exited with code 3 \(Exit\)`, 20*time.Second)
	awaitMetric(t, metrics, `sluice_hook_runs_total{result="timeout"}`, "1")
	awaitMetric(t, metrics, `sluice_hook_runs_total{result="failure"}`, "1")
	pids := awaitLines(t, log, 4)
	p.Signal(syscall.SIGTERM)
	if rc := p.AwaitExit(5 * time.Second); rc != 0 {
		t.Errorf("exit status %d", rc)
	}
	for _, text := range pids {
		pid, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		p.AwaitGone(pid, 5*time.Second)
	}
}

// The program may be somebody else.
func TestHookUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	s := newService(t)
	p := harness.Start(t, harness.Options{Config: "global\n    mworker-on-reload user nobody group nogroup /bin/sh -c \"id -un; id -Gn; id -gn\"\n" + s.Config("", ""), Await: []string{s.HTTP}})
	p.MustReload()
	p.AwaitOutput(`mworker-on-reload \(\d+\): nobody\n.*mworker-on-reload \(\d+\): nogroup\n.*mworker-on-reload \(\d+\): nogroup\n`, 20*time.Second)
}

// Reloads one after the other are told one after the other, and none is forgotten.
func TestHookStorm(t *testing.T) {
	t.Parallel()
	s := newService(t)
	dir, metrics := harness.TempDir(t), harness.Addr(t)
	script, log := filepath.Join(dir, "hook"), filepath.Join(dir, "log")
	writeScript(t, script, "echo $SLUICE_RELOAD_GENERATION >> "+log+"\n")
	p := harness.Start(t, harness.Options{Dir: dir, Config: "global\n    mworker-on-reload " + script + "\n" + s.Config("", ""), Await: []string{s.HTTP, metrics}, Args: []string{"-S", metrics + ",metrics"}})
	const n = 25
	for range n {
		p.MustReload()
	}
	for i, line := range awaitLines(t, log, n) {
		if line != strconv.Itoa(i+2) {
			t.Errorf("run %d was told of generation %s", i, line)
		}
	}
	awaitMetric(t, metrics, `sluice_hook_runs_total{result="success"}`, strconv.Itoa(n))
}

// A change in place is a reload like any other, and so is the way back that the master
// takes by itself.
func TestHookInPlaceAndFallback(t *testing.T) {
	t.Parallel()
	s := newService(t)
	dir := harness.TempDir(t)
	script, log := filepath.Join(dir, "hook"), filepath.Join(dir, "log")
	writeScript(t, script, "echo $SLUICE_RELOAD_RESULT $SLUICE_RELOAD_GENERATION in place $SLUICE_RELOAD_IN_PLACE >> "+log+"\n")
	text := "global\n    mworker-inplace\n    mworker-on-reload " + script + "\n" + s.Config("", "")
	p := harness.Start(t, harness.Options{Dir: dir, Config: text, Await: []string{s.HTTP}, Traces: true})
	p.WriteConfig(strings.Replace(text, "server o1 "+s.Origin.Addr(), "server o1 "+s.Origin.Addr()+" weight 7", 1))
	if r := p.MustReload(); !strings.Contains(r.Text, "changed in place") {
		t.Fatalf("not in place: %s", r.Text)
	}
	p.WriteConfig(strings.Replace(text, "mode http", "mode http\n    option httplog", 1))
	p.MustReload()
	for range 2 { // young as the generation is, that is a crash loop
		worker := p.Worker()
		p.Kill(worker, syscall.SIGKILL)
		p.AwaitGone(worker, 10*time.Second)
		eventually(t, 10*time.Second, "another worker", func() error {
			for _, r := range p.Procs() {
				if r.Section == "workers" && r.Pid != worker {
					_, err := harness.Get(t, s.HTTP, "/echo") // it serves
					return err
				}
			}
			return fmt.Errorf("none")
		})
	}
	lines := awaitLines(t, log, 3)
	if lines[0] != "success 2 in place 1" || lines[1] != "success 3 in place 0" || lines[2] != "fallback 2 in place 1" {
		t.Errorf("%q", lines)
	}
}

// A hook that runs while the master's program is replaced is waited for by the new one,
// which runs those that wait; the metrics go on where they were.
func TestUpgradeWithHook(t *testing.T) {
	t.Parallel()
	s := newService(t)
	dir, metrics := harness.TempDir(t), harness.Addr(t)
	script, log, gate := filepath.Join(dir, "hook"), filepath.Join(dir, "log"), filepath.Join(dir, "gate")
	writeScript(t, script, `echo $SLUICE_RELOAD_GENERATION $(grep -E '^Sig(Blk|Ign)' /proc/self/status) >> `+log+`
if [ $SLUICE_RELOAD_GENERATION = 2 ]; then
	echo early
	for n in $(seq 900); do [ -e `+gate+` ] && break; sleep 0.01; done
	echo late; exit 5
fi
`)
	p, path := startCopy(t, s, harness.Options{Config: "global\n    mworker-on-reload " + script + "\n" + s.Config("", ""), Args: []string{"-S", metrics + ",metrics"}})
	p.MustReload()
	awaitLines(t, log, 1)
	for range 2 {
		replaceProgram(t, path)
		p.MustReload()
		await(t, "the master runs the new program", func() bool { return runs(t, p.Pid, path) })
	}
	awaitMetric(t, metrics, `sluice_reloads_total{result="success"}`, "3")
	if n := metric(t, metrics, `sluice_hook_runs_total{result="success"}`); n != "0" {
		t.Errorf("%s hooks have run before the first has ended", n)
	}
	writeFile(t, gate, "")
	p.AwaitOutput(`mworker-on-reload \(\d+\): early\n.*mworker-on-reload \(\d+\): late\n`, 10*time.Second)
	p.AwaitOutput(`mworker-on-reload: '`+script+`' \(\d+\) exited with code 5 \(Exit\)`, 10*time.Second)
	awaitMetric(t, metrics, `sluice_hook_runs_total{result="failure"}`, "1")
	awaitMetric(t, metrics, `sluice_hook_runs_total{result="success"}`, "2")
	ignored := regexp.MustCompile(`SigIgn:\s*(\w+)`).FindStringSubmatch(string(mustRead(t, "/proc/self/status")))[1] // as we were started
	for i, line := range awaitLines(t, log, 3) {
		if want := fmt.Sprintf("%d SigBlk: 0000000000000000 SigIgn: %s", i+2, ignored); line != want {
			t.Errorf("%q, want %q", line, want)
		}
	}
}
