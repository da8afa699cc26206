package sys

import (
	"bufio"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestParseStat(t *testing.T) {
	const stat = "12 (a) Z 9 (b\n) Z 7 12 12 0"
	if state, parent, ok := parseStat([]byte(stat)); state != "Z" || parent != 7 || !ok {
		t.Errorf("%q %d %t", state, parent, ok)
	}
	for i := range stat {
		if _, parent, ok := parseStat([]byte(stat[:i])); ok && parent != 7 && parent != 9 {
			t.Errorf("cut at %d: %d", i, parent)
		}
	}
}

// An orphan that comes to this process is reaped; a child that ended and that
// somebody is about to wait for is not, the first time it is seen.
func TestStrays(t *testing.T) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Skip(err)
	}
	defer unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	cmd := exec.Command("sh", "-c", "sh -c 'read x' <&3 3<&- & echo $!")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd.ExtraFiles = []*os.File{r}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	orphan, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	var s Strays
	if n := s.Reap() + s.Reap(); n != 0 {
		t.Errorf("%d reaped while the orphan lives", n)
	}
	w.Close()
	deadline := time.Now().Add(5 * time.Second)
	for !slices.Contains(zombies(os.Getpid()), orphan) {
		if time.Now().After(deadline) {
			t.Fatal("the orphan does not end here")
		}
		time.Sleep(time.Millisecond)
	}
	if n := s.Reap(); n != 0 {
		t.Errorf("%d reaped at first sight", n)
	}
	if n := s.Reap(); n != 1 || slices.Contains(zombies(os.Getpid()), orphan) {
		t.Errorf("%d reaped", n)
	}
}
