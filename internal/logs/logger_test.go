package logs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestConcurrency has loops, a logger and a late output use one hub at once.
func TestConcurrency(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{PID: 7, Report: func(s string) { t.Error(s) }})
	o := testOutput(t, h, mustCompile(t, "%lc %HP %t"), udpLine(conn), fdLine(int(w.Fd()), format("raw")))
	h.Open()
	lg := h.NewLogger(func() int64 { return time.Now().UnixNano() })
	const loops, each = 4, 300
	var wg sync.WaitGroup
	for range loops {
		wg.Go(func() {
			s := h.NewSink(func() int64 { return time.Now().UnixNano() })
			e := sampleEntry()
			for i := range each {
				e.Accept = int64(i) * 61e9
				s.Log(o, Info, e, nil)
				if i%7 == 0 {
					s.Flush()
				}
			}
			for s.Flush() {
				time.Sleep(time.Millisecond)
			}
			s.Close()
		})
		wg.Go(func() {
			for range 20 {
				lg.Messagef(o, Notice, "Server %s/%s is UP.", "b", "s1")
				_ = testOutput(t, h, nil, udpLine(conn))
			}
		})
	}
	lines := make(chan int)
	go func() {
		n, b := 0, make([]byte, 65536)
		seen := map[string]bool{}
		var all []byte
		for {
			k, err := r.Read(b)
			all = append(all, b[:k]...)
			if err != nil {
				break
			}
		}
		for line := range bytes.Lines(all) {
			n++
			if string(line) == "Server b/s1 is UP.\n" {
				continue
			}
			count, rest, _ := bytes.Cut(line, []byte(" "))
			if seen[string(count)] || !bytes.HasPrefix(rest, []byte("/a/b ")) || len(rest) != 30 {
				t.Errorf("bad line %q", line)
			}
			seen[string(count)] = true
		}
		lines <- n
	}()
	wg.Wait()
	lg.Close()
	h.Close()
	w.Close()
	if n, lost := <-lines, h.Dropped(); n+int(lost) < loops*(each+20) || n > loops*(each+20) {
		t.Errorf("%d lines, %d dropped, want %d", n, lost, loops*(each+20))
	}
	r.Close()
}

// TestLoggerTriesAgain leaves a message with a receiver that is slow: it arrives
// without anybody asking.
func TestLoggerTriesAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	conn := listenUnix(t, path)
	h := NewHub(Options{})
	o := testOutput(t, h, nil, unixLine(path))
	lg := h.NewLogger(fixedClock)
	n := 0
	for pending := false; !pending; n++ { // until the queue is full
		lg.Messagef(o, Notice, "message %d", n)
		lg.mu.Lock()
		pending = lg.armed
		lg.mu.Unlock()
	}
	for i := range n {
		if got, want := receive(t, conn), fmt.Sprintf("message %d\n", i); !strings.HasSuffix(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	lg.Close()
	lg.Close()
	lg.Message(o, Notice, "late")
	if d := h.Dropped(); d != 0 {
		t.Errorf("dropped %d", d)
	}
}
