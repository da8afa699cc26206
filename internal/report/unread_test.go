package report

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

// A pipe that nobody reads holds nobody up; whoever reads at last learns of the gap.
func TestUnread(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	u := &unread{to: w, fd: int(w.Fd())}
	line := strings.Repeat("x", 1023) + "\n"
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 2000 { // a pipe has 64 KiB
			if n, err := u.Write([]byte(line)); n != len(line) || err != nil {
				t.Errorf("%d %v", n, err)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("it blocks")
	}
	dropped := u.dropped
	if dropped < 1900 || dropped >= 2000 {
		t.Fatalf("%d dropped", dropped)
	}
	kept := make([]byte, (2000-dropped)*len(line))
	if _, err := io.ReadFull(r, kept); err != nil || string(kept) != strings.Repeat(line, 2000-dropped) {
		t.Errorf("the first lines are not there: %v", err)
	}
	u.Write([]byte("again\n"))
	u.Write([]byte("and again\n"))
	w.Close()
	rest, _ := io.ReadAll(r)
	if got := string(rest); !strings.HasSuffix(got, " messages were dropped: nobody read this output)\nagain\nand again\n") || strings.Count(got, "\n") != 3 {
		t.Errorf("rest %q", got)
	}
}
