package mworker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// testExamine is the process that looks at generations for a test: it lists what
// they hold.
func testExamine(args []string) {
	switch args[0] {
	case "hang":
		select {}
	case "flood":
		for {
			if _, err := os.Stdout.WriteString(strings.Repeat("x", 1<<16)); err != nil {
				os.Exit(1)
			}
		}
	}
	for _, word := range args[1:] {
		fd, err := strconv.Atoi(strings.TrimPrefix(word, "fd:"))
		if err != nil {
			os.Exit(9)
		}
		a, err := OpenArchive(fd)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(8)
		}
		for _, f := range a.Files {
			fmt.Printf("%s: %q\n", f.Name, f.Data)
		}
		for line := range strings.Lines(string(a.Files[0].Data)) {
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), "read "); ok {
				data, err := a.Read(name)
				fmt.Printf("%q %t\n", data, errors.Is(err, os.ErrNotExist))
			}
		}
		a.Close()
	}
	fmt.Fprint(os.Stderr, "done")
	os.Exit(3)
}

func TestExamine(t *testing.T) {
	dir := t.TempDir()
	page, none := dir+"/page", dir+"/none"
	if err := os.WriteFile(page, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := "read " + page + "\nread " + none
	r := newRig(t, config, nil)
	r.wait(EventReady)
	if err := os.WriteFile(page, []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.set(config + "\n# new")
	t.Setenv("MWORKER_TEST_EXAMINE", "1")
	r.m.opts.Env = os.Environ()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	e, err := r.m.Examine(ctx, []string{"list"}, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("test.cfg: %q\n\"one\" false\n\"\" true\ntest.cfg: %q\n\"two\" false\n\"\" true\n", config, config+"\n# new")
	if string(e.Output) != want || string(e.Errors) != "done" || e.Code != 3 {
		t.Errorf("%+v\n%s", e, e.Output)
	}
	if _, err := r.m.Examine(ctx, []string{"list"}, 7); err != ErrNotKept {
		t.Errorf("%v", err)
	}
	if _, err := r.m.Examine(ctx, []string{"flood"}); err == nil || err.Error() != "the answer is too long" {
		t.Errorf("%v", err)
	}
	short, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if _, err := r.m.Examine(short, []string{"hang"}); err != context.DeadlineExceeded {
		t.Errorf("%v", err)
	}
	r.set("missing")
	if _, err := r.m.Examine(ctx, []string{"list"}, 0); err == nil || err.Error() != "no such file" {
		t.Errorf("%v", err)
	}
}
