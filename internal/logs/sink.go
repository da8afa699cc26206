package logs

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// Sink collects the lines of one loop and sends them once a turn. It belongs to
// its loop; others use a Logger.
type Sink struct {
	hub    *Hub
	now    func() int64 // wall clock, unix ns
	lanes  []*lane      // by endpoint; nil: not used yet
	stamps []stamp      // by route
	text   []byte
	sd     []byte
	dirty  bool
}

// NewSink returns a sink. now is the wall clock in unix ns: a loop's Wall. The
// sockets to all destinations known so far are opened at once, so that they
// survive a change of the root directory.
func (h *Hub) NewSink(now func() int64) *Sink {
	s := &Sink{hub: h, now: now}
	h.mu.Lock()
	n := len(h.endpoints)
	h.mu.Unlock()
	for id := range n {
		if l := s.lane(h.endpoint(id)); l.to.file == nil {
			_ = l.open() // there is nothing to lose yet: the first line tries again
		}
	}
	return s
}

// Log makes the line of a session in o's own format and hands it to every target
// that wants level. e.Origin says at which moment: a target with a profile may show
// something else then. c is for the expressions of the format.
func (s *Sink) Log(o *Output, level Level, e *Entry, c *sample.Ctx) {
	if !o.Silent() && o.Format != nil {
		s.logAs(o, o.Format, nil, level, e, c)
	}
}

// LogTroubled is Log for what did not go well: "error-log-format" is for it, too.
func (s *Sink) LogTroubled(o *Output, level Level, e *Entry, c *sample.Ctx) {
	if o.Error == connectionError {
		s.Log(o, level, e, c)
	} else if !o.Silent() {
		s.logAs(o, o.Error, nil, level, e, c)
	}
}

// LogProfile is Log with a profile for all targets.
func (s *Sink) LogProfile(o *Output, p *Profile, level Level, e *Entry, c *sample.Ctx) {
	if !o.Silent() && o.Format != nil {
		s.logAs(o, o.Format, p, level, e, c)
	}
}

// LogError makes the line of a connection that failed before there was a
// session: e.Message says why.
func (s *Sink) LogError(o *Output, level Level, e *Entry, c *sample.Ctx) {
	if !o.Silent() {
		e.Origin = OriginSessionError
		s.logAs(o, o.Error, nil, level, e, c)
	}
}

func (s *Sink) logAs(o *Output, f *Format, p *Profile, level Level, e *Entry, c *sample.Ctx) {
	if f.counted || o.Structured != nil && o.Structured.counted || o.profiled || p != nil {
		e.LogCount = o.count.Add(1) - 1
	}
	if !o.profiled && p == nil {
		s.text = f.Append(s.text[:0], e, c)
		s.sd = s.sd[:0]
		if o.sd {
			s.sd = o.Structured.Append(s.sd, e, c)
		}
		for i := range o.routes {
			s.send(&o.routes[i], level)
		}
		return
	}
	for i := range o.routes {
		s.logRoute(&o.routes[i], o, f, p, level, e, c)
	}
}

// logRoute makes the line of one target that may have a profile.
func (s *Sink) logRoute(r *route, o *Output, f *Format, p *Profile, level Level, e *Entry, c *sample.Ctx) {
	if p == nil {
		p = r.profile
	} else if p != r.profile && p.tag != "" && p.tag != r.tag { // a header of its own
		other := *r
		other.tag, r = p.tag, &other
	}
	sd := o.Structured
	if p != nil {
		if step := p.steps[e.Origin]; step != nil {
			if step.drop {
				return
			}
			if step.format != nil {
				f = step.format
			}
			if step.sd != nil {
				sd = step.sd
			}
		}
	}
	s.text, s.sd = f.Append(s.text[:0], e, c), s.sd[:0]
	if sd != nil && r.target.header == HeaderRFC5424 {
		s.sd = sd.Append(s.sd, e, c)
	}
	s.send(r, level)
}

// Message logs text that is not about a session.
func (s *Sink) Message(o *Output, level Level, text string) {
	if o.Silent() {
		return
	}
	s.text, s.sd = append(s.text[:0], text...), s.sd[:0]
	for i := range o.routes {
		s.send(&o.routes[i], level)
	}
}

// send hands s.text to the target of r.
func (s *Sink) send(r *route, level Level) {
	t := r.target
	if len(s.text) == 0 || level > t.level || t.sampling != nil && !t.sampling.take() {
		return // nothing to say, nothing said, as in the reference
	}
	now := s.now()
	sec, rest := split(now)
	for r.id >= len(s.stamps) {
		s.stamps = append(s.stamps, stamp{})
	}
	st := &s.stamps[r.id]
	if st.tag != r.tag {
		st.tag, st.text = r.tag, nil
	}
	st.make(r, sec, max(level, t.minLevel))
	l := s.lane(t.to)
	if !l.room(min(t.length, len(st.text)+len(s.sd)+len(s.text)+8), now) {
		return
	}
	start := len(l.buf)
	b := st.append(l.buf, rest)
	if t.header == HeaderRFC5424 {
		if len(s.sd) == 0 {
			b = append(b, '-')
		}
		b = append(append(b, s.sd...), ' ')
	}
	b = append(b, s.text...)
	if end := start + t.length - 1; len(b) > end {
		b = b[:end]
	}
	l.buf = append(b, '\n')
	l.end()
	s.dirty = true
}

func (s *Sink) lane(e *endpoint) *lane {
	for e.id >= len(s.lanes) {
		s.lanes = append(s.lanes, nil)
	}
	l := s.lanes[e.id]
	if l == nil {
		l = &lane{to: e, fd: -1, sendBuf: s.hub.sendBuf, dropped: &s.hub.dropped, report: s.hub.failed}
		s.lanes[e.id] = l
	}
	return l
}

// Flush sends what was collected: once a turn of the loop. It says whether a
// receiver left lines behind that another Flush should try, say 10 ms later.
func (s *Sink) Flush() (pending bool) {
	if !s.dirty {
		return false
	}
	now := s.now()
	for _, l := range s.lanes {
		if l != nil && l.flush(now) {
			pending = true
		}
	}
	s.dirty = pending
	return pending
}

// Close sends what it can, counts the rest as lost and closes the sockets.
func (s *Sink) Close() {
	s.Flush()
	for _, l := range s.lanes {
		if l != nil {
			l.lose(len(l.ends), syscall.Errno(0))
			l.close()
		}
	}
	s.lanes = nil
}
