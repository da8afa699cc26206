package mworker

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// TestMain makes the test binary a worker when a master started it, and a
// master when a test asks for one in a process of its own.
func TestMain(m *testing.M) {
	w, err := Inherited()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if w != nil {
		testWorker(w)
	}
	if os.Getenv("MWORKER_TEST_EXAMINE") != "" && len(os.Args) > 1 {
		testExamine(os.Args[1:])
	}
	// Under the race detector a process otherwise sleeps for a second at exit.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	if os.Getenv("MWORKER_TEST_MASTER") != "" {
		testMaster()
	}
	os.Exit(m.Run())
}

// testWorker does what the lines of its one file say, in order, then serves:
//
//	listen ADDR    serve on that address; the key is the address
//	rebind ADDR    the same, never on the kept socket
//	log TEXT, phase TEXT, discover TEXT, version TEXT
//	deadline D     the load may take so long
//	read NAME      read a file, or what is held of it, and log it
//	propose TEXT   propose it to the serving worker, and log why it declined
//	force          exit with status 1 unless the load is forced
//	exit CODE, kill SIGNAL, hang
//	fault KIND     come to grief as a Go program does
//	junk           break the protocol
//	flood N        N log lines
//	refuse         fail in Serve
//	linger         go on after the drain
//	stuck          run, but do not answer probes
//	panic          crash in Serve
//	deaf           ignore SIGTERM
func testWorker(w *Worker) {
	h := &testHandler{worker: w, sockets: map[string]int{}}
	for line := range strings.Lines(string(w.Files()[0].Data)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "listen", "rebind":
			h.listen(rest, word == "listen")
		case "log":
			w.Log("notice", rest)
		case "phase":
			w.Phase("test", rest)
		case "discover":
			w.Discovered([]byte(rest))
		case "deadline":
			d, _ := time.ParseDuration(rest)
			w.SetLoadTimeout(d)
		case "read":
			data, err := readHeld(w, rest)
			w.Log("notice", fmt.Sprintf("%s: %q %v", filepath.Base(rest), data, errors.Is(err, fs.ErrNotExist)))
		case "propose":
			if w.Former() == nil {
				w.Log("notice", "nobody to propose to")
				break
			}
			declined, err := w.Propose([]byte(rest + string(w.Former().Files[0].Data)))
			w.Log("notice", fmt.Sprintf("declined: %s %v", declined, err))
		case "force":
			if !w.Forced() {
				os.Exit(1)
			}
		case "version":
			w.SetVersion(rest)
		case "exit":
			code, _ := strconv.Atoi(rest)
			os.Exit(code)
		case "kill":
			syscall.Kill(os.Getpid(), signalsByName[rest])
			select {} // it arrives when it arrives
		case "hang":
			select {}
		case "fault":
			fault(rest)
		case "junk":
			w.startup.Send([]byte("junk"), nil)
		case "flood":
			n, _ := strconv.Atoi(rest)
			for i := range n {
				w.Log("warning", fmt.Sprintf("warning %d of the flood", i))
			}
		case "refuse":
			h.refuse = true
		case "stuck":
			h.stuck = true
		case "panic":
			h.panics = true
		case "linger":
			h.linger = true
		case "deaf":
			signal.Ignore(syscall.SIGTERM)
		}
	}
	if err := w.Ready(h); err != nil {
		os.Exit(1)
	}
	select {}
}

func readHeld(w *Worker, name string) ([]byte, error) {
	if h := w.Held(name); h != nil {
		return h.Read()
	}
	data, err := os.ReadFile(name)
	w.Keep(name, data, err)
	return data, err
}

// testHandler answers every connection with "generation pid" once it has sent
// a line; the line "crash" makes it crash.
type testHandler struct {
	worker         *Worker
	sockets        map[string]int
	refuse, linger bool
	stuck, panics  bool
	epoll          int
	mu             sync.Mutex // the accept loop against the orders
	busy           sync.WaitGroup
}

func (h *testHandler) listen(addr string, kept bool) {
	if fd, ok := h.worker.Listener(addr); ok && kept {
		h.sockets[addr] = fd
		return
	}
	fd, err := sys.BindTCP(netip.MustParseAddrPort(addr), sys.ListenOptions{})
	if err == nil {
		err = h.worker.Offer(addr, fd)
	}
	if err != nil {
		h.worker.Log("alert", fmt.Sprintf("cannot bind %s: %v", addr, err))
		os.Exit(1)
	}
	h.sockets[addr] = fd
}

// Apply takes what begins with "good".
func (h *testHandler) Apply(changes []byte) error {
	h.worker.Log("notice", fmt.Sprintf("asked for %q", changes))
	if !strings.HasPrefix(string(changes), "good") {
		return errors.New("no good")
	}
	return nil
}

func (h *testHandler) Probe(done func()) {
	if h.stuck {
		h.spinning()
	}
	done()
}

// spinning is what a trace has to show.
//
//go:noinline
func (h *testHandler) spinning() {
	for n := 0; h.stuck; n++ {
		if n == 1<<30 {
			n = 0
		}
	}
}

func (h *testHandler) Serve() error {
	if h.panics {
		panic("as configured")
	}
	if h.refuse {
		return errors.New("refused as configured")
	}
	var err error
	// Started while the master's table was full, it must not stay poor for ever:
	// a worker that cannot accept keeps the wake-ups of one that could.
	_, most := sys.DescriptorLimits()
	if err := sys.SetDescriptors(most); err != nil {
		return err
	}
	if h.epoll, err = sys.EpollCreate(); err != nil {
		return err
	}
	for _, fd := range h.sockets {
		if err := sys.Listen(fd, 1024); err != nil {
			return err
		}
		if err := sys.EpollAdd(h.epoll, fd, sys.In|sys.Exclusive, uint64(fd)); err != nil {
			return err
		}
	}
	go func() {
		ev := make([]sys.EpollEvent, 16)
		for {
			n, errno := sys.EpollWait(h.epoll, ev, -1)
			if errno != 0 && errno != syscall.EINTR {
				return
			}
			h.mu.Lock()
			for _, e := range ev[:max(n, 0)] {
				h.accept(int(e.Value()), 16)
			}
			h.mu.Unlock()
		}
	}()
	return nil
}

func (h *testHandler) accept(listener, most int) {
	for range most {
		fd, _, errno := sys.Accept(listener)
		if errno != 0 {
			return
		}
		h.busy.Add(1)
		go h.answer(fd)
	}
}

func (h *testHandler) answer(fd int) {
	defer h.busy.Done()
	f := os.NewFile(uintptr(fd), "connection")
	defer f.Close()
	buffer := make([]byte, 16)
	n, err := f.Read(buffer)
	if err != nil {
		return
	}
	if strings.HasPrefix(string(buffer[:n]), "crash") {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	fmt.Fprintf(f, "%d %d\n", h.worker.Generation(), os.Getpid())
}

func (h *testHandler) Drain(retire []string, done func()) {
	h.mu.Lock()
	for _, fd := range h.sockets {
		sys.EpollDel(h.epoll, fd)
		h.accept(fd, 1<<20) // see Handler.Drain on wake-ups
		sys.Close(fd)
	}
	h.mu.Unlock()
	done()
	if !h.linger {
		h.busy.Wait()
		os.Exit(0)
	}
}

// Hurry ends a worker that lingers, unless its arguments say otherwise.
func (h *testHandler) Hurry() {
	if !slices.Contains(os.Args, "unhurried") {
		os.Exit(0)
	}
}

func (h *testHandler) Pause() {
	for _, fd := range h.sockets {
		syscall.Shutdown(fd, syscall.SHUT_RD)
	}
}

func (h *testHandler) Resume() {
	for _, fd := range h.sockets {
		sys.Listen(fd, 1024)
	}
}

func (h *testHandler) Session(fd int, level string) {
	f := os.NewFile(uintptr(fd), "session")
	defer f.Close()
	buffer := make([]byte, 100)
	n, _ := f.Read(buffer)
	fmt.Fprintf(f, "%s %d %s", level, os.Getpid(), buffer[:n])
}
