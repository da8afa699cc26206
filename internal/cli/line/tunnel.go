package line

import (
	"errors"
	"io"
	"os"
	"time"
)

// tunnel copies both ways until the worker closes.
func (s *Session) tunnel(conn io.ReadWriteCloser, opening []byte) error {
	if err := s.out.Flush(); err != nil {
		conn.Close()
		return err
	}
	if _, err := conn.Write(append(opening, s.in.rest()...)); err != nil {
		conn.Close()
		return s.lost()
	}
	return s.relay(&Tunnel{Conn: conn})
}

// relay copies both ways, and what is waiting first, until the worker closes or the
// session is to rest.
func (s *Session) relay(t *Tunnel) (err error) {
	defer func() {
		if !errors.Is(err, ErrSuspended) {
			t.Conn.Close()
		}
	}()
	d, stoppable := s.conn.(readDeadliner)
	if stoppable {
		if err := d.SetReadDeadline(time.Time{}); err != nil {
			return err
		}
	}
	if w, ok := t.Conn.(readDeadliner); ok {
		if err := w.SetReadDeadline(time.Time{}); err != nil {
			return err
		}
	}
	defer s.suspension.watch(t.Conn)()
	defer s.suspension.watch(s.conn)() // again: its deadline was just replaced
	up := make(chan error, 1)
	go func() {
		var err error
		if !t.Closed {
			if t.Up, err = pass(t.Conn, s.conn, t.Up); err == nil {
				closeWrite(t.Conn)
				t.Closed = true
			}
		}
		up <- err
	}()
	down, err := pass(deadlineWriter{s}, t.Conn, t.Down)
	if errors.Is(err, os.ErrDeadlineExceeded) && s.suspension.asked() && stoppable {
		if uerr := <-up; uerr == nil || errors.Is(uerr, os.ErrDeadlineExceeded) {
			t.Down = down
			s.resting.state = s.rest(nil)
			s.resting.state.Tunnel = t
			return ErrSuspended
		}
		return err
	}
	if !stoppable {
		// The reader cannot be called back, so what the client sends next has no other place to go.
		s.closing = true
		return err
	}
	if derr := d.SetReadDeadline(past); derr != nil {
		s.closing = true
		return derr
	}
	if uerr := <-up; uerr == nil || t.Closed {
		return errors.Join(err, io.EOF) // the client closed its half: nothing more will come
	}
	return err
}

// pass copies what waits and then what comes, until the end of from. With an error it
// returns what was read and not written.
func pass(to io.Writer, from io.Reader, waits []byte) (rest []byte, err error) {
	buffer := make([]byte, 32<<10)
	for {
		if len(waits) > 0 {
			n, err := to.Write(waits)
			if waits = waits[n:]; err != nil {
				return waits, err
			}
		}
		n, err := from.Read(buffer)
		waits = buffer[:n]
		if n > 0 {
			continue
		}
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// goOn takes a suspended session up where it was: within a tunnel or a session in the
// session, which may end now.
func (s *Session) goOn(st *State) error {
	s.resume(st)
	switch {
	case st.Tunnel != nil && st.Tunnel.Conn != nil:
		if err := s.relay(st.Tunnel); err != nil {
			return err
		}
	case st.Tunnel != nil:
		if err := s.lost(); err != nil {
			return err
		}
	case st.Inner != nil:
		inner := *s
		inner.inside = true
		inner.resume(st.Inner)
		if err := s.left(&inner, inner.serve()); err != nil {
			return err
		}
	default:
		return nil
	}
	if !s.closing {
		s.out.WriteString(s.promptText())
	}
	return nil
}
