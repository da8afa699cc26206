package daemon

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// role tells the test binary, started by a test or by Launch, what to be. Who
// is launched finds the Launcher; who is not launches.
const role = "DAEMON_TEST_ROLE"

func TestMain(m *testing.M) {
	do := os.Getenv(role)
	if do == "" {
		os.Exit(m.Run())
	}
	if l := Inherited(); l != nil {
		detached(do, l)
	}
	pid, status, err := Launch()
	fmt.Printf("launched %d %d %v\n", pid, status, err)
	os.Exit(status)
}

// detached is the life of the detached process.
func detached(do string, l *Launcher) {
	sid, _, _ := syscall.Syscall(syscall.SYS_GETSID, 0, 0, 0)
	fmt.Printf("detached %d %d %q\n", os.Getpid(), sid, os.Getenv(variable))
	switch do {
	case "ready":
		l.Ready()
		// Nobody reads this: the terminal is let go of.
		if _, err := os.Stdout.WriteString("after ready\n"); err != nil {
			os.Exit(9)
		}
		l.Ready() // the second has no effect
		// Lives until the test has seen it.
		select {}
	case "exit7":
		os.Exit(7)
	case "exit0":
		os.Exit(0)
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	os.Exit(8)
}

// start runs a launching process and gives what it and its child wrote.
func start(t *testing.T, do string, env ...string) (status int, detachedPID, sid, launchedPID int, out string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), role+"="+do), env...)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	defer r.Close()
	_ = r.SetReadDeadline(time.Now().Add(10 * time.Second))
	// The end of the file comes only if the detached process has let go of its
	// output, too.
	var b strings.Builder
	for lines := bufio.NewScanner(r); lines.Scan(); {
		b.WriteString(lines.Text() + "\n")
		var inside, failure string
		_, _ = fmt.Sscanf(lines.Text(), "detached %d %d %q", &detachedPID, &sid, &inside)
		if inside != "" {
			t.Errorf("the variable is still in the environment: %q", inside)
		}
		var code int
		if n, _ := fmt.Sscanf(lines.Text(), "launched %d %d %s", &launchedPID, &code, &failure); n == 3 && failure != "<nil>" {
			t.Errorf("Launch failed: %s", lines.Text())
		}
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the output is still held: %v", err)
	}
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode(), detachedPID, sid, launchedPID, b.String()
}

// The launching process ends with 0 as soon as the other serves, which then has
// a session of its own and holds nothing of the terminal.
func TestReady(t *testing.T) {
	status, pid, sid, launched, out := start(t, "ready")
	if pid <= 0 {
		t.Fatalf("no detached process:\n%s", out)
	}
	defer syscall.Kill(pid, syscall.SIGKILL)
	if status != 0 || launched != pid {
		t.Errorf("status %d, launched %d, detached %d", status, launched, pid)
	}
	if sid != pid {
		t.Errorf("session %d, want one of its own, %d", sid, pid)
	}
	if strings.Contains(out, "after ready") {
		t.Errorf("the terminal was not let go of:\n%s", out)
	}
	if err := syscall.Kill(pid, 0); err != nil {
		t.Errorf("the detached process is gone: %v", err)
	}
	for fd := range 3 {
		if to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd)); err != nil || to != os.DevNull {
			t.Errorf("descriptor %d is %s (%v)", fd, to, err)
		}
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) { // it is closed after the word that was waited for
		to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/3", pid))
		if err != nil || !strings.HasPrefix(to, "pipe:") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the launcher's pipe is still open: %s", to)
		}
	}
}

// A process that ends before it serves hands its status on; a signal is 128
// and its number, as in a shell.
func TestStatus(t *testing.T) {
	for do, want := range map[string]int{"exit7": 7, "exit0": 0, "kill": 128 + 9} {
		status, pid, _, launched, out := start(t, do)
		if status != want || launched != pid || pid <= 0 {
			t.Errorf("%s: status %d, want %d; launched %d, detached %d\n%s", do, status, want, launched, pid, out)
		}
	}
}

// A variable left over from somebody else makes nobody a detached process.
func TestForeignVariable(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, v := range []string{"", "x", "-1", "0", "2", "99999", "3x", strconv.Itoa(int(file.Fd())), "99999999999999999999"} {
		t.Setenv(variable, v)
		if l := Inherited(); l != nil {
			t.Errorf("%q: taken for a launcher", v)
		}
		if got := os.Getenv(variable); got != "" {
			t.Errorf("%q: left in the environment", v)
		}
	}
}

// Nobody waits: nothing happens.
func TestNoLauncher(t *testing.T) {
	var l *Launcher
	l.Ready()
	(&Launcher{}).Ready()
}
