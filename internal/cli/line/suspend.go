package line

import (
	"errors"
	"io"
	"sync"
	"time"
)

// ErrSuspended is returned by Serve for a session that was suspended; Config.Save was
// given its state.
var ErrSuspended = errors.New("line: suspended")

// Suspension brings sessions to rest, so that they can be resumed, maybe by another
// program: each goes on to the end of the command that it executes and takes no other
// one up. It is used once.
type Suspension struct {
	mu    sync.Mutex
	on    bool
	reads map[readDeadliner]int // how often each is watched
}

// Suspend asks every session to rest.
func (u *Suspension) Suspend() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.on = true
	for d := range u.reads {
		d.SetReadDeadline(past) // of a connection that is closed: its session ends anyway
	}
}

var past = time.Unix(1, 0)

// asked reports whether sessions are to rest. A nil Suspension never asks.
func (u *Suspension) asked() bool {
	if u == nil {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.on
}

// watch has reads of a connection interrupted; the function returned ends that.
func (u *Suspension) watch(conn any) (forget func()) {
	d, ok := conn.(readDeadliner)
	if u == nil || !ok {
		return func() {}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.reads == nil {
		u.reads = map[readDeadliner]int{}
	}
	u.reads[d]++
	if u.on {
		d.SetReadDeadline(past)
	}
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.reads[d]--; u.reads[d] == 0 {
			delete(u.reads, d)
		}
	}
}

// State is a session at rest.
type State struct {
	Level        Level          `json:"level"`
	Severity     SeverityOutput `json:"severity"`
	Expert       bool           `json:"expert,omitempty"`
	Experimental bool           `json:"experimental,omitempty"`
	Debug        bool           `json:"debug,omitempty"`
	Mode         Mode           `json:"mode"`
	Timed        bool           `json:"timed,omitempty"`
	Idle         time.Duration  `json:"idle"`
	// Target is the prefix, without its "@", of the process that commands go to.
	Target string `json:"target,omitempty"`
	// Input is what was received and not executed.
	Input []byte `json:"input,omitempty"`
	// Asked is how many lines of a payload were prompted for, whose command is in
	// Input.
	Asked int `json:"asked,omitempty"`
	// Inner is the session within the session ("@@master").
	Inner *State `json:"inner,omitempty"`
	// Tunnel is set for a client that talks to another process.
	Tunnel *Tunnel `json:"tunnel,omitempty"`
}

// Tunnel is the state of a client that was handed over to another process.
type Tunnel struct {
	// Conn is the connection to that process.
	Conn io.ReadWriteCloser `json:"-"`
	// Up and Down are what was read from the client and from the process and not
	// passed on.
	Up   []byte `json:"up,omitempty"`
	Down []byte `json:"down,omitempty"`
	// Closed is set when the client has closed its half.
	Closed bool `json:"closed,omitempty"`
}

// rest is the session's state, with input that precedes what is in the buffer.
func (s *Session) rest(input []byte) *State {
	return &State{
		Level: s.level, Severity: s.severity, Expert: s.expert, Experimental: s.experimental, Debug: s.debug,
		Mode: s.mode, Timed: s.timed, Idle: s.idle, Target: s.prefix, Input: append(input[:len(input):len(input)], s.in.rest()...),
	}
}

// suspend ends the session for now. Only the first state counts: it is the innermost.
func (s *Session) suspend(input []byte) error {
	if s.resting.state == nil {
		s.resting.state = s.rest(input)
		s.resting.state.Asked = s.asked
	}
	return ErrSuspended
}

// resting is where a session's state goes, shared by a session and its inner one.
type resting struct{ state *State }

// resume makes a new session what the suspended one was.
func (s *Session) resume(st *State) {
	s.level, s.severity, s.expert, s.experimental, s.debug = st.Level, st.Severity, st.Expert, st.Experimental, st.Debug
	s.mode, s.timed, s.idle, s.before = st.Mode, st.Timed, st.Idle, st.Asked
	s.in.buf, s.in.from = append([]byte(nil), st.Input...), 0
	if s.router != nil && st.Target != "" {
		if peer, ok := s.router.Find(st.Target); ok {
			s.target, s.prefix = peer, st.Target
		}
	}
}
