package line

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// socketWorker is a worker behind a real connection, which can be interrupted.
type socketWorker struct {
	t    *testing.T
	name string
}

func (w socketWorker) Local() bool                   { return false }
func (w socketWorker) Prompt() string                { return w.name }
func (w socketWorker) Uptime() (time.Duration, bool) { return time.Minute, true }
func (w socketWorker) Dial() (io.ReadWriteCloser, error) {
	ours, theirs := sockets(w.t)
	go func() {
		table := append(testTable(), Command{Words: []string{"whoami"}, Worker: true, Help: "h",
			Run: func(s *Session, _ []string, _ []byte) { s.Info(w.name) }})
		Serve(theirs, Config{Table: table, Level: LevelAdmin})
		theirs.Close()
	}()
	return ours, nil
}

func sockets(t *testing.T) (a, b net.Conn) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	conn := func(fd int) net.Conn {
		f := os.NewFile(uintptr(fd), "pair")
		defer f.Close()
		c, err := net.FileConn(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	return conn(fds[0]), conn(fds[1])
}

type socketFarm struct{ t *testing.T }

func (f socketFarm) Find(prefix string) (Peer, bool) {
	switch prefix {
	case "", "0", "master":
		return masterPeer{&farm{}}, true
	case "1":
		return socketWorker{f.t, "one"}, true
	}
	return nil, false
}

const conversation = "prompt p\nexpert-mode on\necho a; echo b\n@1 whoami\n@1\nwhoami\n@master\n" +
	"@1 take <<END\nl1\nl2\nEND\necho\\ c \\\nd\n@@master\nprompt i\necho in\nuser\nshow cli level\nquit\n" +
	"show cli level\nset severity-output number\necho out\nquit\n"

// A tunnel takes everything that has come, so what is meant for the master waits for
// the prompt behind it.
const tunnelled = "prompt p\n@@1\nwhoami\nshow info\nwhoami\nquit\n"

// converse sends the conversation, brings the session to rest behind so many bytes and
// has another one go on; negative: never. It returns all that was answered.
func converseCut(t *testing.T, conversation string, cut int) string {
	t.Helper()
	client, served := sockets(t)
	answered := make(chan []byte, 1)
	go func() {
		var all []byte
		for b, asked := make([]byte, 4096), false; ; {
			n, err := client.Read(b)
			all = append(all, b[:n]...)
			if conversation == tunnelled && !asked && bytes.HasSuffix(all, []byte("> master> ")) {
				asked = true
				io.WriteString(client, "echo out\nquit\n")
			}
			if err != nil {
				client.Close()
				answered <- all
				return
			}
		}
	}()
	config := Config{Table: testTable(), Router: socketFarm{t}, Level: LevelAdmin, Idle: 2 * time.Second}
	send := func(text string) {
		if _, err := io.WriteString(client, text); err != nil {
			t.Error(err)
		}
	}
	if cut >= 0 {
		var st *State
		c := config
		c.Suspension, c.Save = &Suspension{}, func(s *State) { st = s }
		send(conversation[:cut])
		ended := make(chan error, 1)
		go func() { ended <- Serve(served, c) }()
		time.Sleep(time.Duration(cut%3) * time.Millisecond) // any moment will do; this makes them differ
		c.Suspension.Suspend()
		if err := <-ended; !errors.Is(err, ErrSuspended) || st == nil {
			t.Fatalf("cut at %d: %v %+v", cut, err, st)
		}
		// What a descriptor cannot be, goes through the form in which it is handed over.
		b, err := json.Marshal(st)
		if err != nil {
			t.Fatal(err)
		}
		config.Resume = &State{}
		if err := json.Unmarshal(b, config.Resume); err != nil {
			t.Fatal(err)
		}
		if st.Tunnel != nil {
			config.Resume.Tunnel.Conn = st.Tunnel.Conn
		}
		served.SetReadDeadline(time.Time{})
		send(conversation[cut:])
	} else {
		send(conversation)
	}
	if err := Serve(served, config); err != nil {
		t.Errorf("cut at %d: %v", cut, err)
	}
	served.Close()
	return string(<-answered)
}

// A client does not see that its session was suspended and resumed, wherever that was.
func TestSuspend(t *testing.T) {
	for _, text := range []string{conversation, tunnelled} {
		want := converseCut(t, text, -1)
		t.Logf("%q", want)
		for cut := range len(text) + 1 {
			if got := converseCut(t, text, cut); got != want {
				t.Fatalf("cut at %d, behind %q:\n%q\nwant\n%q", cut, text[:cut], got, want)
			}
		}
	}
}
