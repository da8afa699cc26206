package line

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// Peer is a process that the master CLI can send commands to.
type Peer interface {
	// Local is true for the master itself.
	Local() bool
	// Prompt is the name before "> ": "master", "master[ReloadFailed]" or the PID.
	Prompt() string
	// Uptime is the process's age; alive is false once it has gone.
	Uptime() (age time.Duration, alive bool)
	// Dial opens a session on a worker's CLI at level admin. If the connection has CloseWrite, it is used after the
	// command.
	Dial() (io.ReadWriteCloser, error)
}

// Router finds the process for a prefix, given without its "@": "", "0" and "master" mean the master, "1" the current
// worker, "!<pid>" the one with that PID.
type Router interface {
	Find(prefix string) (Peer, bool)
}

const (
	textNoTarget     = "Can't find the target PID matching the prefix '%s'\n"
	textNoConnect    = "Can't connect to the target CLI!\n"
	textDeniedMaster = "Permission denied!\n"
)

// masterLine executes a line of the master CLI. The payload of a command begins right behind its mark, be that the end
// of the line or not. An error of one command does not keep the next from being executed.
func (s *Session) masterLine(line []byte) error {
	for i, c := range line {
		if c == 0 {
			line[i] = ' '
		}
	}
	start := 0
	for _, cmd := range Split(line) {
		if bytes.HasPrefix(bytes.TrimLeft(cmd, " \t"), []byte("@@")) {
			// The rest of the line, its ';' included, is the worker's, and so is a payload.
			return s.tunnelLine(bytes.TrimLeft(line[start:], " \t")[1:])
		}
		start += len(cmd) + 1
		head, pattern, marked := Payload(cmd)
		var payload []byte
		if marked {
			if start <= len(line) && line[start-1] == ';' {
				s.in.unread(len(line) - start + 1)
			}
			var err error
			if payload, err = s.readPayload(string(pattern)); err != nil {
				// The command is taken up again from its first byte.
				return s.interrupted(err, slices.Concat(cmd, []byte{'\n'}, payload))
			}
		}
		if err := s.masterCommand(head, string(pattern), payload); err != nil || s.closing {
			return err
		}
		s.out.WriteString(s.promptText())
		if marked {
			return nil
		}
	}
	return nil
}

// masterCommand executes one command; payload nil means none.
func (s *Session) masterCommand(cmd []byte, pattern string, payload []byte) error {
	target := s.target
	prefix, cmd := cutPrefix(cmd)
	if prefix != "" {
		peer, ok := s.router.Find(prefix[1:])
		if !ok {
			s.Printf(textNoTarget, prefix)
			return nil
		}
		target = peer
	}
	words, err := Words(cmd)
	switch {
	case err != nil:
		s.Err(err.Error())
		s.separate()
	case len(words) == 0 && prefix != "" && payload == nil:
		s.target, s.prefix = target, prefix[1:]
	case prefix == "" && s.sessionCommand(words):
	case prefix != "" && target.Local():
		s.once(words, payload)
	case len(words) == 0 || target.Local():
		s.execute(words, payload)
	default:
		return s.forward(target, cmd, pattern, payload)
	}
	return nil
}

// once executes a command of the master itself that came with its prefix. What the command does to a session, as
// "prompt" and "operator" do, ends with it.
func (s *Session) once(words []string, payload []byte) {
	inner := *s
	inner.inside, inner.mode = true, ModeSingle
	inner.command(words, payload)
	s.out.WriteString(inner.promptText())
	s.closing = inner.hungUp
}

// cutPrefix takes the "@..." off a command.
func cutPrefix(cmd []byte) (prefix string, rest []byte) {
	cmd = bytes.TrimLeft(cmd, " \t")
	if len(cmd) == 0 || cmd[0] != '@' {
		return "", cmd
	}
	n := bytes.IndexAny(cmd, " \t")
	if n < 0 {
		n = len(cmd)
	}
	return string(cmd[:n]), bytes.TrimLeft(cmd[n:], " \t")
}

// sessionCommand executes what changes only the session. It has no output, and an error is one line without separator.
// Behind a prefix the same words are commands of the process it names.
func (s *Session) sessionCommand(words []string) bool {
	if len(words) == 0 {
		return false
	}
	on := len(words) > 1 && words[1] == "on"
	switch words[0] {
	case "quit":
		s.out.WriteString(s.promptText()) // as the reference does
		s.closing = true
	case "prompt":
		if usage, ok := s.prompt(words[1:]); !ok {
			s.WriteString(usage + "\n")
		}
	case "operator":
		s.lowerOrRefuse(LevelOperator)
	case "user":
		s.lowerOrRefuse(LevelUser)
	case "expert-mode":
		s.setFlag(&s.expert, on)
	case "experimental-mode":
		s.setFlag(&s.experimental, on)
	case "mcli-debug-mode":
		s.setFlag(&s.debug, on)
	case "set":
		if len(words) < 2 || words[1] != "severity-output" {
			return false
		}
		if len(words) > 2 {
			if o, ok := ParseSeverityOutput(words[2]); ok {
				s.severity = o
				return true
			}
		}
		s.WriteString(textSeverity + "\n")
	default:
		return false
	}
	return true
}

func (s *Session) lowerOrRefuse(l Level) {
	if !s.Lower(l) {
		s.WriteString(textDeniedMaster)
	}
}

func (s *Session) setFlag(flag *bool, on bool) {
	if s.level < LevelAdmin {
		s.WriteString(textDeniedMaster)
		return
	}
	*flag = on
}

// state is what must precede a command in another process, so that it runs there as it would here.
func (s *Session) state() string {
	var b strings.Builder
	if s.level < LevelAdmin {
		b.WriteString(s.level.String() + " -;")
	}
	if s.severity != SeverityNone {
		b.WriteString("set severity-output " + s.severity.String() + " -;")
	}
	if s.expert {
		b.WriteString("expert-mode on -;")
	}
	if s.experimental {
		b.WriteString("experimental-mode on -;")
	}
	return b.String()
}

// forward sends one command to another process and relays the answer. A worker that says nothing for the idle time-out
// is given up, and the session with it: what it would still say could be taken for the answer of another command.
func (s *Session) forward(p Peer, cmd []byte, pattern string, payload []byte) error {
	conn, err := p.Dial()
	if err != nil {
		return s.lost()
	}
	defer conn.Close()
	// The level comes first in the request: raised ones cannot be had again behind it. See state.
	request := append([]byte(s.state()), cmd...)
	if payload != nil {
		request = append(request, " <<"+pattern+"\n"...)
		request = append(request, payload...)
		request = append(request, pattern...)
	}
	request = append(request, '\n')
	patient := patientConn{conn, s.idle}
	if _, err := patient.Write(request); err != nil {
		return s.lost()
	}
	closeWrite(conn)
	n, err := io.Copy(s.out, patient)
	if err != nil && (n == 0 || errors.Is(err, os.ErrDeadlineExceeded)) {
		return s.lost()
	}
	return s.out.Flush()
}

// patientConn gives each read and write the same time, 0 means any.
type patientConn struct {
	conn io.ReadWriter
	time time.Duration
}

func (p patientConn) Read(b []byte) (int, error) {
	if d, ok := p.conn.(readDeadliner); ok && p.time > 0 {
		if err := d.SetReadDeadline(time.Now().Add(p.time)); err != nil {
			return 0, err
		}
	}
	return p.conn.Read(b)
}

func (p patientConn) Write(b []byte) (int, error) {
	if d, ok := p.conn.(writeDeadliner); ok && p.time > 0 {
		if err := d.SetWriteDeadline(time.Now().Add(p.time)); err != nil {
			return 0, err
		}
	}
	return p.conn.Write(b)
}

func (s *Session) lost() error {
	s.WriteString(textNoConnect)
	s.closing = true
	return nil
}

func closeWrite(c io.Closer) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		half.CloseWrite() // the other end may be gone already; its answer still counts
	}
}

// masterPrompt is "[0:00:01:00] master(xed)> " and its shorter forms.
func (s *Session) masterPrompt() string {
	p, age, alive := "", time.Duration(0), false
	if s.target != nil {
		p = s.target.Prompt()
		age, alive = s.target.Uptime()
	}
	if flags := s.flags(); flags != "" {
		p += "(" + flags + ")"
	}
	p += "> "
	switch {
	case s.timed && alive:
		p = "[" + formatUptime(age) + "] " + p
	case s.timed:
		p = "[gone] " + p
	}
	return p
}

func (s *Session) flags() string {
	f := ""
	if s.experimental {
		f += "x"
	}
	if s.expert {
		f += "e"
	}
	if s.debug {
		f += "d"
	}
	return f
}

// tunnelLine executes "@@PREFIX [commands]": the rest of the line, and everything the client sends after it, goes to
// the worker until that one closes.
func (s *Session) tunnelLine(line []byte) error {
	prefix, cmds := cutPrefix(bytes.TrimSuffix(line, []byte{'\r'}))
	peer, ok := s.router.Find(prefix[1:])
	if !ok {
		s.Printf(textNoTarget, "@"+prefix)
		s.out.WriteString(s.promptText())
		return nil
	}
	if peer.Local() {
		if err := s.enter(cmds); err != nil {
			return err
		}
	} else {
		conn, err := peer.Dial()
		if err != nil {
			return s.lost()
		}
		if err := s.tunnel(conn, s.tunnelOpening(cmds)); err != nil {
			return err
		}
	}
	if !s.closing {
		s.out.WriteString(s.promptText())
	}
	return nil
}

// enter is a session in the session: the master's own commands with a prompt of their own, and a level that may be
// lowered, until "quit". With commands it ends behind them.
func (s *Session) enter(cmds []byte) error {
	inner := *s
	inner.inside = true
	var err error
	if len(cmds) > 0 {
		inner.mode = ModeSingle
		err = inner.workerLine(cmds)
	} else {
		inner.separate()
		inner.out.WriteString(inner.promptText())
		err = inner.serve()
	}
	return s.left(&inner, err)
}

// left goes on behind the session in the session.
func (s *Session) left(inner *Session, err error) error {
	if errors.Is(err, ErrSuspended) {
		outer := s.rest(nil)
		outer.Input, outer.Inner = nil, s.resting.state
		s.resting.state = outer
		return err
	}
	s.in = inner.in
	s.in.idle = func(bool) error { return s.wait() }
	s.closing = s.closing || inner.hungUp
	return err
}

// tunnelOpening is what the worker gets before the client's own bytes. Without a command its session takes over the
// prompt of this one.
func (s *Session) tunnelOpening(cmds []byte) []byte {
	b := []byte(s.state())
	if len(cmds) > 0 {
		return append(append(b, cmds...), '\n')
	}
	if s.mode == ModePrompted {
		b = append(b, "prompt p"...)
	} else {
		b = append(b, "prompt i"...)
	}
	if s.timed {
		b = append(b, " timed"...)
	}
	return append(b, '\n')
}
