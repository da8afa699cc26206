package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A service is a contestant as a master with its worker. Its frontend answers
// with the number of the configuration that is in force.
type service struct {
	*child
	contestant contestant
	cpus, dir  string
	bind, cli  string
	backends   int
	version    int
}

// answerWait is how long anything that a service is to do may take.
const answerWait = 30 * time.Second

func startService(s *settings, dir string, c contestant, backends int) (*service, error) {
	v := &service{
		contestant: c, cpus: s.proxyCPU + "," + s.loadCPU, dir: dir, bind: freeAddr(),
		cli: filepath.Join(dir, c.name+".sock"), backends: backends,
	}
	if err := v.configure(); err != nil {
		return nil, err
	}
	return v, v.start()
}

func (v *service) path() string { return filepath.Join(v.dir, v.contestant.name+".cfg") }

// configure writes the next configuration.
func (v *service) configure() error {
	v.version++
	text := strings.Replace(loadConfig(v.backends, v.bind), "    acl a",
		fmt.Sprintf("    http-request return status 200 content-type text/plain string v%d\n    acl a", v.version), 1)
	return os.WriteFile(v.path(), []byte(text), 0o644)
}

func (v *service) start() error {
	c, err := start(v.cpus, filepath.Join(v.dir, v.contestant.name+".out"), v.contestant.program, "-W", "-S", v.cli, "-f", v.path())
	if err != nil {
		return err
	}
	v.child = c
	if _, err = v.answers(v.version); err != nil {
		return err
	}
	// What is asked of HAProxy's master just after its start may be lost: it executes
	// itself again.
	return v.listens()
}

// listens waits until the master answers on its CLI.
func (v *service) listens() error {
	var last error
	for deadline := time.Now().Add(answerWait); time.Now().Before(deadline); time.Sleep(think) {
		a, err := v.command("show proc\nquit")
		if err == nil && strings.Contains(a, "master") {
			return nil
		}
		last = err
	}
	return fmt.Errorf("the master does not answer: %v", last)
}

// ask sends one request on a connection of its own and returns the version that
// answered.
func (v *service) ask() (int, error) {
	c, err := net.DialTimeout("tcp", v.bind, answerWait)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(answerWait))
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"); err != nil {
		return 0, err
	}
	b, err := io.ReadAll(c)
	if err != nil {
		return 0, err
	}
	return versionOf(string(b))
}

func versionOf(answer string) (int, error) {
	head, body, ok := strings.Cut(answer, "\r\n\r\n")
	if !ok || !strings.HasPrefix(head, "HTTP/1.1 200 ") || !strings.HasPrefix(body, "v") {
		return 0, fmt.Errorf("answer %q", answer)
	}
	return strconv.Atoi(body[1:])
}

// answers waits until that version, or a later one, answers and says when it did.
func (v *service) answers(version int) (time.Time, error) {
	var last error
	for deadline := time.Now().Add(answerWait); time.Now().Before(deadline); {
		n, err := v.ask()
		if err == nil && n >= version {
			return time.Now(), nil
		}
		last = err
		time.Sleep(500 * time.Microsecond)
	}
	out, _ := os.ReadFile(v.out)
	return time.Time{}, fmt.Errorf("no answer of version %d (%v):\n%.2000s", version, last, out)
}

// timed sends a command and returns the times to the first line of the answer and
// to its end.
func (v *service) timed(command string) (text string, first, end time.Duration, err error) {
	c, err := net.DialTimeout("unix", v.cli, answerWait)
	if err != nil {
		return "", 0, 0, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(answerWait))
	begin := time.Now()
	if _, err := io.WriteString(c, command+"\nquit\n"); err != nil {
		return "", 0, 0, err
	}
	r := bufio.NewReader(c)
	line, err := r.ReadString('\n')
	if err != nil {
		return "", 0, 0, err
	}
	first = time.Since(begin)
	rest, err := io.ReadAll(r)
	return line + string(rest), first, time.Since(begin), err
}

// command asks the master's CLI for something after which it hangs up.
func (v *service) command(line string) (string, error) {
	c, err := net.DialTimeout("unix", v.cli, answerWait)
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(answerWait))
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		return "", err
	}
	b, err := io.ReadAll(c)
	return string(b), err
}

// reload brings the next version into force. serving is the time to its first
// answer; told that to the CLI's word of success, 0 if the program does not wait
// with its answer.
func (v *service) reload() (serving, told time.Duration, err error) {
	if err := v.listens(); err != nil {
		return 0, 0, err
	}
	if err := v.configure(); err != nil {
		return 0, 0, err
	}
	begin := time.Now()
	type reply struct {
		text string
		at   time.Duration
	}
	replied := make(chan reply, 1)
	go func() {
		text, first, _, _ := v.timed("reload")
		replied <- reply{text, first}
	}()
	at, err := v.answers(v.version)
	if err != nil {
		return 0, 0, err
	}
	r := <-replied
	switch {
	case strings.HasPrefix(r.text, "Success=1"):
		told = r.at
	case strings.HasPrefix(r.text, "Success="):
		return 0, 0, fmt.Errorf("reload: %.2000s", r.text)
	}
	return at.Sub(begin), told, nil
}

// workers are the processes that the master has started, the youngest last.
func (v *service) workers() []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var pids []int
	age := map[int]int{}
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		f := strings.Fields(rest)
		if len(f) < 20 || f[0] == "Z" || f[1] != strconv.Itoa(v.cmd.Process.Pid) {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		age[pid], _ = strconv.Atoi(f[19])
		pids = append(pids, pid)
	}
	slices.SortFunc(pids, func(a, b int) int { return cmp.Or(age[a]-age[b], a-b) })
	return pids
}

// alone waits until the former workers have ended and returns the worker.
func (v *service) alone() (pid int, err error) {
	for deadline := time.Now().Add(answerWait); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if w := v.workers(); len(w) == 1 {
			return w[0], nil
		}
	}
	return 0, errors.New("the former workers do not end")
}

// revive kills the worker and returns the time to the next answer: a program that
// does not start another worker ends, and is started again at once.
func (v *service) revive() (time.Duration, error) {
	pid, err := v.alone()
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return 0, err
	}
	answered := make(chan error, 1)
	go func() {
		_, err := v.answers(v.version)
		answered <- err
	}()
	select {
	case err = <-answered:
	case <-v.end:
		if err = v.start(); err == nil {
			err = <-answered
		}
	}
	return time.Since(begin), err
}

// memory is what is resident of a process, and its share of that when pages that
// several processes have are divided, in MiB.
func memory(pid int) (rss, pss float64, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(b)) {
		fmt.Sscanf(line, "Rss: %f kB", &rss)
		fmt.Sscanf(line, "Pss: %f kB", &pss)
	}
	return rss / 1024, pss / 1024, nil
}
