package worker

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/stream"
)

var _ cli.Streams = (*service)(nil)

// EndStream implements cli.Streams.
func (s *service) EndStream(id uint64) bool { return s.engine.End(id) }

// ShowStreams implements cli.Streams.
func (s *service) ShowStreams(w io.Writer, f cli.StreamFilter) (found bool) {
	be := s.findBackend(f.Backend)
	srv := s.findServer(f.Backend, f.Server)
	fe, _ := s.Frontend(f.Frontend).(frontendControl)
	list, _ := s.engine.Show(f.Long, func(st *stream.Shown) bool {
		return (f.ID == 0 || st.ID == f.ID) && st.Age >= f.Older && (be == nil || st.Backend == be) && (srv == nil || st.Server == srv) && (fe.fe == nil || st.Frontend == fe.fe)
	})
	for i := range list {
		text := short
		if f.Long {
			text = long
		}
		if _, err := io.WriteString(w, text(&list[i], f.URI)); err != nil {
			break
		}
	}
	return len(list) > 0
}

// short is a stream on a line: the fields of the reference that mean something here.
func short(st *stream.Shown, uri bool) string {
	be, srv := "<NONE>", "<none>"
	if st.Backend != nil {
		be = st.Backend.Name
	}
	if st.Server != nil {
		srv = st.Server.Name
	}
	text := fmt.Sprintf("0x%x: proto=%s src=%s fe=%s be=%s srv=%s age=%s phase=%s thread=%d rc=%d", st.ID, protocol(st), source(st), st.Frontend.Name, be, srv,
		humanTime(st.Age), st.Phase, st.Thread+1, st.Retries)
	if uri && st.URI != "" {
		text += fmt.Sprintf(" uri=%q", st.URI)
	}
	return text + "\n"
}

// long is a stream on several lines, of which all but the first are indented.
func long(st *stream.Shown, _ bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "0x%x: [%s] id=%d proto=%s source=%s\n", st.ID, st.Began.Format("02/Jan/2006:15:04:05.000000"), st.Number, protocol(st), source(st))
	fmt.Fprintf(&b, "  phase=%s, conn_retries=%d, tid=%d, age=%s, in=%d, out=%d\n", st.Phase, st.Retries, st.Thread+1, humanTime(st.Age), st.In, st.Out)
	fe, name := st.Frontend, st.Listener.Name
	if name == "" {
		name = "?"
	}
	fmt.Fprintf(&b, "  frontend=%s (id=%d mode=%s), listener=%s (id=%d)", fe.Name, fe.ID, fe.Spec.Mode, name, st.Listener.ID)
	if st.Dst.IsValid() {
		fmt.Fprintf(&b, " addr=%s", st.Dst)
	}
	if be := st.Backend; be != nil {
		fmt.Fprintf(&b, "\n  backend=%s (id=%d mode=%s)", be.Name, be.ID, be.Spec.Mode)
	} else {
		b.WriteString("\n  backend=<NONE> (id=-1 mode=-)")
	}
	if st.Source.IsValid() {
		fmt.Fprintf(&b, " addr=%s", st.Source)
	}
	if srv := st.Server; srv != nil {
		at := addrText(srv.Addr)
		if srv.Path != "" {
			at = "unix"
		}
		fmt.Fprintf(&b, "\n  server=%s (id=%d) addr=%s\n", srv.Name, srv.ID, at)
	} else {
		b.WriteString("\n  server=<NONE> (id=-1)\n")
	}
	if st.URI != "" {
		fmt.Fprintf(&b, "  uri=%q\n", st.URI)
	}
	return b.String()
}

func protocol(st *stream.Shown) string {
	switch a := st.Src.Addr(); {
	case !a.IsValid():
		return "unix_stream"
	case a.Is4() || a.Is4In6():
		return "tcpv4"
	}
	return "tcpv6"
}

func source(st *stream.Shown) string {
	if !st.Src.IsValid() {
		return fmt.Sprintf("unix:%d", st.Listener.ID)
	}
	return st.Src.String()
}

// humanTime is an age in its two largest units: "3s", "1m5s", "2d7h".
func humanTime(d time.Duration) string {
	n := int64(d / time.Second)
	units := [...]struct {
		name string
		size int64
	}{{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}
	for i, u := range units {
		if n >= u.size {
			text := fmt.Sprintf("%d%s", n/u.size, u.name)
			if rest := n % u.size; i+1 < len(units) && rest >= units[i+1].size {
				text += fmt.Sprintf("%d%s", rest/units[i+1].size, units[i+1].name)
			}
			return text
		}
	}
	return "0s"
}
