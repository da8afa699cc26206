package check

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// maxAnswer bounds what is kept of an answer unless tune.bufsize does.
const maxAnswer = 16 << 10

// most is how much of an answer is kept.
func (r *run) most() int {
	if r.spec.Buffer > 0 {
		return r.spec.Buffer
	}
	return maxAnswer
}

// run is one check in progress.
type run struct {
	spec   *Spec
	script *Script
	dial   dialer
	conn   net.Conn
	at     *step
	linger bool

	deadline time.Time // of the whole check
	buf      []byte    // what came since the last thing that was sent
	eof      bool
	broken   error // what ended the connection, if not its end

	answer answer // of the last request
	method http1.Method
	vars   variables
	ctx    sample.Ctx
	used   bool // something was sent or waited for
	agent  *agentAnswer
	id     []byte // see UniqueID
	note   string // what a judge of a prepared script leaves for the next
}

// check runs the script once.
func (spec *Spec) check(dial dialer) Result {
	r := &run{spec: spec, script: spec.Script, dial: dial}
	if r.script == nil {
		r.script = plain
	}
	began := time.Now()
	r.deadline = began.Add(spec.Inter)
	r.ctx = sample.Ctx{Response: true, BackendName: spec.Backend, ServerName: spec.Server, Now: began.UnixNano(), Vars: r.vars.vars()}
	r.ctx.Identity = r
	defer r.vars.forget()
	defer r.close()
	last := Result{Status: "L4OK"}
	for i := range r.script.steps {
		st := &r.script.steps[i]
		res, done := r.step(st)
		if done {
			res.agent = r.agent
			return res
		}
		if st.set == nil {
			last = res
		}
	}
	if r.used && last.Status == "" {
		last = Result{Status: "L7OK", Info: "(tcp-check)"}
	}
	return last
}

// step does one step. done means that the check is over; otherwise the result
// counts if no step follows that has one.
func (r *run) step(st *step) (res Result, done bool) {
	r.at = st
	r.ctx.ResPayload, r.ctx.Res = r.buf, r.answer.known()
	switch {
	case st.connect != nil:
		if res, done = r.connect(st.connect); !done && !r.used {
			res = Result{Status: "L4OK"}
		}
		return res, done
	case st.send != nil:
		return r.send(st.send)
	case st.request != nil:
		return r.request(st.request)
	case st.set != nil:
		st.set.do(&r.ctx)
		return Result{}, false
	case r.script.http:
		return r.expectHTTP(st.expect)
	}
	return r.expect(st.expect)
}

func (r *run) close() {
	if r.conn == nil {
		return
	}
	if tc, ok := r.conn.(interface{ SetLinger(int) error }); ok && !r.linger {
		_ = tc.SetLinger(0) // leave no TIME_WAIT behind, the answer was read
	}
	r.conn.Close()
	r.conn = nil
}

func (r *run) connect(c *connect) (Result, bool) {
	r.close()
	r.buf, r.eof, r.broken, r.linger, r.answer = nil, false, nil, c.linger, answer{}
	target := r.spec.target(c, r)
	limit := time.Until(r.deadline)
	if r.spec.Connect > 0 {
		limit = min(limit, r.spec.Connect)
	}
	var err error
	if limit <= 0 {
		err = os.ErrDeadlineExceeded
	} else {
		r.conn, err = r.dial(target.Network, target.Address, limit)
	}
	if err != nil {
		return r.connectFailed(err), true
	}
	if r.spec.Read > 0 {
		r.deadline = time.Now().Add(r.spec.Read)
	}
	_ = r.conn.SetDeadline(r.deadline)
	if err := r.announce(target.SendProxy); err != nil {
		return r.lost(err, "L4CON"), true
	}
	return Result{}, false
}

func (r *run) connectFailed(err error) Result {
	var se *os.SyscallError
	place := r.script.place(r.at)
	switch {
	case timedOut(err):
		return Result{Status: "L4TOUT", Info: place}
	case errors.As(err, &se) && se.Syscall == "socket":
		return Result{Status: "SOCKERR", Info: reason(err) + place}
	}
	return Result{Status: "L4CON", Info: reason(err) + place}
}

// lost is the result of a connection that ended where it must not, or of one on
// which nothing came in time.
func (r *run) lost(err error, timeout string) Result {
	place := r.script.place(r.at)
	if timedOut(err) {
		return Result{Status: timeout, Info: place}
	}
	if errors.Is(err, io.EOF) {
		return Result{Status: "SOCKERR", Info: place}
	}
	return Result{Status: "SOCKERR", Info: reason(err) + place}
}

func (r *run) send(s *send) (Result, bool) {
	data := s.data
	if s.format != nil {
		data = s.format.Append(nil, &r.ctx)
	}
	if s.make != nil {
		data = s.make()
	}
	if s.hex {
		var err error
		if data, err = sample.ParseHex(string(data)); err != nil {
			return r.noted(Result{Status: "L7RSP", Info: "tcp-check send : failed to build log-format string at step " + r.number()}), true
		}
	}
	return r.write(data)
}

// write sends, and forgets what came before.
func (r *run) write(data []byte) (Result, bool) {
	r.used = true
	r.buf = r.buf[:0]
	if _, err := r.conn.Write(data); err != nil {
		return r.lost(err, "L7TOUT"), true
	}
	return Result{}, false
}

// more waits for more of the answer. It returns false at its end, which may be
// an error (broken) or what is too much.
func (r *run) more() bool {
	if r.eof || r.broken != nil || len(r.buf) >= r.most() {
		return false
	}
	r.buf = slices.Grow(r.buf, min(2048, r.most()-len(r.buf)))
	n, err := r.conn.Read(r.buf[len(r.buf):min(cap(r.buf), r.most())])
	r.buf = r.buf[:len(r.buf)+n]
	r.ctx.ResPayload = r.buf
	switch {
	case n > 0:
	case errors.Is(err, io.EOF):
		r.eof = true
		return false
	case err != nil:
		r.broken = err
		return false
	}
	return true
}

func timedOut(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

// names are those of the errors that connections meet.
var names = map[syscall.Errno]string{
	syscall.ECONNREFUSED: "ECONNREFUSED", syscall.ECONNRESET: "ECONNRESET", syscall.ENETUNREACH: "ENETUNREACH", syscall.EHOSTUNREACH: "EHOSTUNREACH",
	syscall.EPIPE: "EPIPE", syscall.ECONNABORTED: "ECONNABORTED", syscall.ENOENT: "ENOENT", syscall.EACCES: "EACCES", syscall.EPERM: "EPERM",
	syscall.EADDRNOTAVAIL: "EADDRNOTAVAIL", syscall.ETIMEDOUT: "ETIMEDOUT", syscall.ENETDOWN: "ENETDOWN",
}

// reason is the error's last and plainest words, with the name that the
// operating system has for it.
func reason(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	words := capital(errno.Error())
	if name := names[errno]; name != "" {
		return name + " returned by OS (" + words + ")"
	}
	return words
}
