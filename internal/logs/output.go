package logs

import "sync/atomic"

// OutputSpec is what a proxy's logs are made of.
type OutputSpec struct {
	Targets    []*Target // those of the global section in place of "log global"
	Tag        string    // the proxy's log-tag; "": the global one
	Format     *Format   // of sessions
	Error      *Format   // of connections that failed before; nil: ConnectionError
	Structured *Format   // log-format-sd; nil: none
}

// Output is what one proxy, or the process itself, logs to. It is read only
// and shared by all loops. A nil Output, or one without targets, is silent.
type Output struct {
	Format     *Format
	Error      *Format
	Structured *Format

	routes []route
	sd     bool // some target shows structured data
	count  atomic.Uint32
}

// route is a target as one output uses it.
type route struct {
	id       int // index of its header in every sink
	target   *Target
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
		o.routes = append(o.routes, route{id: h.routes, target: t, tag: or(s.Tag, h.tag), hostname: h.sent, pid: h.pid})
		o.sd = o.sd || s.Structured != nil && t.header == HeaderRFC5424
		h.routes++
	}
	if o.Error == nil {
		o.Error = connectionError
	}
	return o
}

var connectionError = ConnectionError()

// ShowsSource says whether a line shows the local end of the connection to the
// server, which has to be asked for while there is one.
func (o *Output) ShowsSource() bool {
	return o.Format != nil && o.Format.source || o.Structured != nil && o.Structured.source
}

// Silent says that nothing is logged: making an Entry is not worth it.
func (o *Output) Silent() bool { return o == nil || len(o.routes) == 0 }
