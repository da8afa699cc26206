package line

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"time"
)

// Defaults of Config.
const (
	DefaultMaxLine    = 16384      // tune.bufsize
	masterMaxLine     = 15360      // and less what the reference keeps free in it (tune.maxrewrite)
	DefaultMaxPayload = 128 * 1024 // tune.cli.max-payload-size
)

const (
	textLineTooBig    = "The command line is too big for the buffer size. Please change 'tune.bufsize' in the configuration to use a bigger command."
	textPayloadTooBig = "The payload is too big. Please change 'tune.cli.max-payload-size' in the configuration to use a bigger payload."
	textDenied        = "Permission denied"
	textExpert        = "This command is restricted to expert mode only."
	textExperimental  = "This command is restricted to experimental mode only."
	textInternal      = "Internal error: the command was abandoned."
)

// Config says what a session starts with.
type Config struct {
	// Table holds the commands. The session itself adds help, prompt and quit.
	Table Table
	// Router makes this a session of the master CLI; nil on a worker's stats socket.
	Router Router
	// Level and Severity come from the bind line.
	Level    Level
	Severity SeverityOutput
	// MaxLine and MaxPayload bound the input in bytes; 0 means the default.
	MaxLine, MaxPayload int
	// Idle drops a client that sends nothing, or takes nothing, for so long; 0 means never. It needs a connection with
	// SetReadDeadline and SetWriteDeadline.
	Idle time.Duration
	// Uptime is the age of the process, for "prompt timed".
	Uptime func() time.Duration
	// Suspension, if set, can bring the session to rest; Save is then given its state,
	// and Resume is that of a session that goes on. Of the master's sessions only.
	Suspension *Suspension
	Save       func(*State)
	Resume     *State
	// OnPanic hears of a command that panicked; the session goes on.
	OnPanic func(command string, v any, stack []byte)
}

// Session is one client of the runtime API. It belongs to the goroutine that called Serve.
type Session struct {
	conn   io.ReadWriter
	in     input
	out    *bufio.Writer
	table  Table
	router Router
	target Peer   // where commands without a prefix go; nil on a worker
	prefix string // that named it; "": the master

	asked, before int // prompts for lines of the payload at hand, and those given before the session was suspended

	suspension *Suspension
	resting    *resting

	level                       Level
	severity                    SeverityOutput
	expert, experimental, debug bool
	mode                        Mode
	timed                       bool
	idle                        time.Duration
	uptime                      func() time.Duration
	onPanic                     func(string, any, []byte)
	maxLine, maxPayload         int

	closing bool // hang up after this command
	hungUp  bool // closing was a command's wish, not the client's
	inside  bool // the client is in the master's own session ("@@master"): prefixes mean nothing
	bare    bool // this answer gets no separator ("-")
}

// Serve executes what the client on conn sends until it leaves, asks to quit, breaks a limit or is silent for too long.
// It returns nil for the orderly ends and otherwise the error of the connection. The caller closes conn.
func Serve(conn io.ReadWriter, c Config) error {
	s := &Session{
		conn: conn, table: c.Table, router: c.Router, level: c.Level, severity: c.Severity,
		idle: c.Idle, uptime: c.Uptime, onPanic: c.OnPanic, maxLine: c.MaxLine, maxPayload: c.MaxPayload,
	}
	if s.maxLine <= 0 {
		s.maxLine = DefaultMaxLine
		if s.router != nil {
			s.maxLine = masterMaxLine
		}
	}
	if s.maxPayload <= 0 {
		s.maxPayload = DefaultMaxPayload
	}
	if s.router != nil {
		s.mode = ModeSilent
		s.target, _ = s.router.Find("")
	}
	s.out = bufio.NewWriter(deadlineWriter{s})
	s.in.r = conn
	s.in.idle = func(bool) error { return s.wait() }
	s.suspension, s.resting = c.Suspension, &resting{}
	defer c.Suspension.watch(conn)()
	var err error
	if c.Resume != nil {
		err = s.goOn(c.Resume)
	}
	if err == nil {
		err = s.serve()
	}
	if errors.Is(err, ErrSuspended) {
		if err := s.out.Flush(); err != nil {
			return err
		}
		c.Save(s.resting.state)
		return ErrSuspended
	}
	if ferr := s.out.Flush(); err == nil {
		err = ferr
	}
	s.hangUp()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (s *Session) serve() error {
	for !s.closing {
		line, err := s.in.line(s.maxLine, true)
		if errors.Is(err, errTooLong) {
			err = s.lineTooBig()
		} else if err == nil {
			if s.suspension.asked() {
				return s.suspend(append(append([]byte(nil), line...), '\n'))
			}
			// The line lives in the input's buffer, which reading a payload would overwrite.
			line = append([]byte(nil), line...)
			if s.routes() {
				err = s.masterLine(line)
			} else {
				err = s.workerLine(line)
			}
		}
		if err != nil {
			return s.interrupted(err, nil)
		}
		if s.mode == ModeSingle {
			return nil
		}
	}
	return nil
}

// interrupted is what an error of reading means: that of a session asked to rest is
// no error of the connection. Input is what was taken and would be lost.
func (s *Session) interrupted(err error, input []byte) error {
	if errors.Is(err, os.ErrDeadlineExceeded) && s.suspension.asked() {
		return s.suspend(input)
	}
	return err
}

// routes tells whether this session sends commands to other processes.
func (s *Session) routes() bool { return s.router != nil && !s.inside }

// workerLine executes every command of a line; a payload belongs to the last one, and is read before the first.
func (s *Session) workerLine(line []byte) error {
	var payload []byte
	if head, pattern, marked := Payload(line); marked {
		var err error
		if payload, err = s.readPayload(string(pattern)); err != nil {
			return s.interrupted(err, slices.Concat(line, []byte{'\n'}, payload))
		}
		line = head
	}
	cmds := Split(line)
	for i, cmd := range cmds {
		words, err := Words(cmd)
		switch {
		case err != nil:
			s.Err(err.Error())
			s.separate()
		case i == len(cmds)-1:
			s.command(words, payload)
		default:
			s.command(words, nil)
		}
		if s.closing {
			return nil
		}
	}
	s.out.WriteString(s.promptText())
	return nil
}

// command executes a command of a stats socket, or of the master's own session.
func (s *Session) command(words []string, payload []byte) {
	switch {
	case len(words) > 0 && words[0] == "quit":
		s.closing = true
	case len(words) > 0 && words[0] == "prompt":
		if usage, ok := s.prompt(words[1:]); !ok {
			s.Err(usage)
		}
		s.separate()
	default:
		s.execute(words, payload)
	}
}

// execute runs a command of this process and ends its answer.
func (s *Session) execute(words []string, payload []byte) {
	defer s.separate()
	if len(words) == 0 {
		return
	}
	if words[0] == "help" {
		s.help(words[1:])
		return
	}
	c := s.table.Find(words, s.offered)
	switch {
	case c == nil:
		s.unknown(words)
	case c.Expert && !s.expert:
		s.Err(textExpert)
	case c.Experimental && !s.experimental:
		s.Err(textExperimental)
	case s.level < c.Level:
		s.Err(textDenied)
	default:
		s.run(c, words[len(c.Words):], payload)
	}
}

// run contains a panic: a broken command must not take the process, nor the session, with it.
func (s *Session) run(c *Command, args []string, payload []byte) {
	defer func() {
		if v := recover(); v != nil {
			if s.onPanic != nil {
				s.onPanic(c.Usage(), v, debug.Stack())
			}
			s.Err(textInternal)
		}
	}()
	c.Run(s, args, payload)
}

// offered tells whether a row exists for this kind of session.
func (s *Session) offered(c *Command) bool {
	if s.router != nil {
		return c.Master || s.debug && c.Worker
	}
	return c.Worker
}

// listed tells whether "help" shows a row.
func (s *Session) listed(c *Command) bool {
	return s.offered(c) && !c.Hidden && (!c.Expert || s.expert) && (!c.Experimental || s.experimental)
}

func (s *Session) rows() []*Command {
	var rows []*Command
	for i := range s.table {
		if s.listed(&s.table[i]) {
			rows = append(rows, &s.table[i])
		}
	}
	return rows
}

// help lists every row, or those near args.
func (s *Session) help(args []string) {
	rows := s.rows()
	if len(args) > 0 {
		rows = Closest(rows, args)
	}
	s.list("The following commands are valid at this level:\n", rows)
}

func (s *Session) unknown(words []string) {
	if near := Closest(s.rows(), words); len(near) > 0 {
		s.list(fmt.Sprintf("Unknown command: '%s', but maybe one of the following ones is a better match:\n", words[0]), near)
		return
	}
	s.list(fmt.Sprintf("Unknown command: '%s'. Please enter one of the following commands only:\n", words[0]), s.rows())
}

func (s *Session) list(title string, rows []*Command) {
	b := appendRows([]byte(s.severity.prefix(SeverityInfo)+title), rows)
	s.out.Write(b)
}

// separate ends an answer.
func (s *Session) separate() {
	if !s.bare {
		s.out.WriteByte('\n')
	}
	s.bare = false
}

// readPayload collects the lines up to the one that is pattern. The mark counts into the limit; breaking it is the end
// of the session.
func (s *Session) readPayload(pattern string) ([]byte, error) {
	asks := s.mode == ModePrompted
	s.in.idle = func(first bool) error {
		// A stats socket asks only for what is not there yet, the master for every line.
		if first && asks && !s.routes() {
			s.askForMore()
		}
		return s.wait()
	}
	defer func() { s.in.idle = func(bool) error { return s.wait() } }()
	payload := []byte{}
	s.asked = 0
	for {
		if asks && s.routes() {
			s.askForMore()
		}
		line, err := s.in.line(s.maxPayload-len(payload), false)
		if errors.Is(err, errTooLong) {
			s.Err(textPayloadTooBig)
			return nil, io.EOF
		}
		if err != nil {
			return payload, err
		}
		if string(line) == pattern || string(line) == pattern+"\r" {
			s.asked = 0
			return payload, nil
		}
		payload = append(append(payload, line...), '\n')
	}
}

// askForMore prompts for a line of a payload.
func (s *Session) askForMore() {
	if s.asked++; s.asked > s.before {
		s.out.WriteString("+ ")
		s.before = 0
	}
}

// lineTooBig ends a session whose client sends no end of line; the master's puts "help" in its place and goes on behind
// the end of the line.
func (s *Session) lineTooBig() error {
	if !s.routes() {
		s.Err(textLineTooBig)
		return io.EOF
	}
	s.execute([]string{"help"}, nil)
	s.out.WriteString(s.promptText())
	return s.in.skip(s.maxLine)
}
