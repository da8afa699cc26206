package logs

import "sync/atomic"

// OutputSpec is what a proxy's logs are made of.
type OutputSpec struct {
	Targets    []*Target // those of the global section in place of "log global"
	Tag        string    // the proxy's log-tag; "": the global one
	Format     *Format   // of sessions
	Error      *Format   // of connections that failed before; nil: ConnectionError
	Structured *Format   // log-format-sd; nil: none
	Steps      []string  // log-steps; nil: one line, when all it shows is known
}

// Output is what one proxy, or the process itself, logs to. It is read only
// and shared by all loops. A nil Output, or one without targets, is silent.
type Output struct {
	Format     *Format
	Error      *Format
	Structured *Format

	routes   []route
	sd       bool   // some target shows structured data
	profiled bool   // some target has a profile
	steps    uint32 // bits by Origin; 0: one line
	count    atomic.Uint32
}

// route is a target as one output uses it.
type route struct {
	id       int // index of its header in every sink
	target   *Target
	profile  *Profile // nil: none
	tag      string
	hostname string
	pid      int
}

// Output makes an output.
func (h *Hub) Output(s OutputSpec) *Output {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := &Output{Format: s.Format, Error: s.Error, Structured: s.Structured}
	for _, t := range s.Targets {
		r := route{id: h.routes, target: t, profile: h.profiles[t.profile], tag: or(s.Tag, h.tag), hostname: h.sent, pid: h.pid}
		if r.profile != nil {
			r.tag, o.profiled = or(r.profile.tag, r.tag), true
		}
		o.routes = append(o.routes, r)
		o.sd = o.sd || s.Structured != nil && t.header == HeaderRFC5424
		h.routes++
	}
	for _, s := range s.Steps {
		if s == "all" {
			o.steps = 1<<origins - 1
		}
		o.steps |= 1 << stepOrigins[s]
	}
	if o.Error == nil {
		o.Error = connectionError
	}
	return o
}

var connectionError = ConnectionError()

// ShowsErrors says whether connections that fail before there is a session have a
// line: one that logs what it accepts, as it does without any format, has had none
// for them.
func (o *Output) ShowsErrors() bool {
	return !o.Silent() && (o.Error != connectionError || o.Format == nil || !o.Format.accepts)
}

// Stepwise says whether lines are made at chosen moments ("log-steps"), and not once
// when all that the format shows is known.
func (o *Output) Stepwise() bool { return o.steps != 0 }

// At says whether that moment was chosen.
func (o *Output) At(m Origin) bool { return o.steps>>m&1 != 0 }

// ShowsSource says whether a line shows the local end of the connection to the
// server, which has to be asked for while there is one.
func (o *Output) ShowsSource() bool {
	if o.Silent() {
		return false
	}
	return o.Format != nil && o.Format.source || o.Structured != nil && o.Structured.source || o.profiled
}

// Silent says that nothing is logged: making an Entry is not worth it.
func (o *Output) Silent() bool { return o == nil || len(o.routes) == 0 }
