package worker

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

var _ cli.Invalids = (*service)(nil)

// ShowInvalid implements cli.Invalids.
func (s *service) ShowInvalid(w io.Writer, f cli.InvalidFilter) {
	fmt.Fprintf(w, "Total events captured on [%s] : %d\n", eventDate(time.Now()), s.engine.Invalids.Load())
	requests, responses := map[int]*proxy.Invalid{}, map[int]*proxy.Invalid{}
	last := 0
	for _, fe := range s.run.Frontends {
		requests[fe.ID], last = fe.BadRequest.Get(), max(last, fe.ID)
	}
	for _, be := range s.run.Backends {
		responses[be.ID], last = be.BadResponse.Get(), max(last, be.ID)
	}
	for id := range last + 1 { // a "listen" section is both
		if m := requests[id]; m != nil && f.Requests && concerns(m, f.ProxyID) {
			io.WriteString(w, invalidText(m, true))
		}
		if m := responses[id]; m != nil && f.Responses && concerns(m, f.ProxyID) {
			io.WriteString(w, invalidText(m, false))
		}
	}
}

func concerns(m *proxy.Invalid, id int) bool {
	return id < 0 || m.Frontend.ID == id || m.Backend != nil && m.Backend.ID == id
}

func eventDate(t time.Time) string { return t.Format("02/Jan/2006:15:04:05.000") }

// invalidText is a message as the reference shows it, but for the lines about the
// insides of its parser: here it is what was wrong.
func invalidText(m *proxy.Invalid, request bool) string {
	backend, server := "<NONE> (#-1)", "<NONE> (#-1)"
	if m.Backend != nil {
		backend = fmt.Sprintf("%s (#%d)", m.Backend.Name, m.Backend.ID)
	}
	if m.Server != nil {
		server = fmt.Sprintf("%s (#%d)", m.Server.Name, m.Server.ID)
	}
	frontend := fmt.Sprintf("%s (#%d)", m.Frontend.Name, m.Frontend.ID)
	var b strings.Builder
	fmt.Fprintf(&b, " \n[%s] ", eventDate(time.Unix(0, m.Wall)))
	if request {
		fmt.Fprintf(&b, "frontend %s: invalid request\n  backend %s", frontend, backend)
	} else {
		fmt.Fprintf(&b, "backend %s: invalid response\n  frontend %s", backend, frontend)
	}
	src := "unix"
	if m.Src.IsValid() {
		src = m.Src.String()
	}
	fmt.Fprintf(&b, ", server %s, event #%d, src %s\n", server, m.Event, src)
	fmt.Fprintf(&b, "  buffer starts at 0 (including 0 out), %d free,\n", m.Room)
	fmt.Fprintf(&b, "  len %d, wraps at %d, error at position %d\n  reason: %s :\n  \n", len(m.Data), len(m.Data)+m.Room, m.Pos, m.Reason)
	dumpText(&b, m.Data)
	return b.String()
}

// dumpWidth is what a line of a dump holds beside its offset.
const dumpWidth = 70

// dumpText writes one line of text a line, cut where it would be too long.
func dumpText(b *strings.Builder, data []byte) {
	for at, mark := 0, ' '; at < len(data); {
		fmt.Fprintf(b, "  %05d%c ", at, mark)
		width := 0
		for mark = '+'; at < len(data); {
			text := visible(data[at])
			if width += len(text); width > dumpWidth {
				break
			}
			b.WriteString(text)
			if at++; data[at-1] == '\n' {
				mark = ' '
				break
			}
		}
		b.WriteByte('\n')
	}
}

// visible is a byte as a dump shows it.
func visible(c byte) string {
	switch c {
	case '\t':
		return `\t`
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case 27:
		return `\e`
	case '\\':
		return `\\`
	}
	if c >= ' ' && c < 127 {
		return string(rune(c))
	}
	return `\x` + strings.ToUpper(strconv.FormatUint(uint64(c)+256, 16)[1:])
}
