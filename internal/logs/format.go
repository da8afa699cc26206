package logs

import (
	"bytes"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// flags change how an item is printed.
type flags uint8

const (
	flagQ   flags = 1 << iota // in quotes
	flagX                     // hexadecimal
	flagE                     // backslash before '"', '\' and ']'
	flagBin                   // samples keep their null bytes
	flagOpt                   // what has no value is left out
	flagJSON
	flagCBOR
)

// item is one step of a format: text, then a value.
type item struct {
	text  string
	code  code
	flags flags
	// blank asks for a space before text unless a space was the last thing
	// printed: only known when the line is made, since values may be empty.
	blank bool
	expr  *sample.Expr

	name   string // for encodings; "": none
	as     as
	number bool // the alias prints a number
}

// Format is a compiled log format. It is read only and shared by all loops.
type Format struct {
	Text  string // as written
	Stage Stage  // when all it shows is known

	encoding encoding
	binary   bool // CBOR as bytes
	source   bool // shows the local end of the connection to the server
	items    []item
	accepts  bool // that of a proxy without any: a line for each connection
	counted  bool // shows the frontend's count of lines
}

// Counted says whether the format shows the frontend's count of lines (%lc).
func (f *Format) Counted() bool { return f.counted }

// Append appends the text of e. c is what expressions are evaluated against;
// it may be nil when the format has none. Nothing is allocated unless dst or
// c's scratch arena must grow.
func (f *Format) Append(dst []byte, e *Entry, c *sample.Ctx) []byte {
	if f.encoding != plain {
		return f.appendMap(dst, e, c)
	}
	spaced := true // no blanks at the start of a line
	for i := range f.items {
		it := &f.items[i]
		if it.blank && !spaced {
			dst = append(dst, ' ')
			spaced = true
		}
		if n := len(it.text); n == 1 { // most are: not worth a memmove
			dst = append(dst, it.text[0])
			spaced = it.text[0] == ' '
		} else if n > 0 {
			dst = append(dst, it.text...)
			spaced = it.text[n-1] == ' '
		}
		n := len(dst)
		dst = it.append(dst, e, c)
		if len(dst) != n {
			spaced = false
		}
	}
	return dst
}

func (it *item) append(dst []byte, e *Entry, c *sample.Ctx) []byte {
	f := it.flags
	switch it.code {
	case codeNone:
	case codeExpr:
		return it.appendExpr(dst, c)
	case codeMessage:
		return append(dst, e.Message...)
	case codeBind:
		return append(dst, e.Bind...)
	case codePeers:
		return appendPeers(dst, e)
	case codeBytesRead:
		return appendGrowing(dst, e.Read, e.Partial)
	case codeUploaded:
		return appendInt(dst, e.Uploaded)
	case codeReqCookie:
		return appendCookie(dst, e.ReqCookie, f)
	case codeResCookie:
		return appendCookie(dst, e.ResCookie, f)
	case codeHostname:
		return appendName(dst, e.Hostname, f)
	case codeMethod, codeURIPath, codePath, codeQuery, codeURI, codeVersion, codeRequest:
		return appendRequestPart(dst, e.Line, it.code, f)
	case codeUniqueID:
		return appendText(dst, e.UniqueID, f)
	case codeStatus:
		return appendInt(dst, int64(e.Status))
	case codeDateUTC:
		return utcZone.appendCLF(dst, e.Accept)
	case codeDateLocal:
		return localZone.appendCLF(dst, e.Accept)
	case codeTimestamp:
		sec, _ := split(e.Accept)
		return appendCount(dst, sec, f)
	case codeDateMilli:
		return localZone.appendMilli(dst, e.Accept)
	case codeMilli:
		_, rest := split(e.Accept)
		if f&flagX != 0 {
			return appendHex(dst, uint64(rest/1e6), 1)
		}
		return append3(dst, rest/1e6)
	case codeReqMilli:
		return localZone.appendMilli(dst, e.requestDate())
	case codeReqUTC:
		return utcZone.appendCLF(dst, e.requestDate())
	case codeReqLocal:
		return localZone.appendCLF(dst, e.requestDate())
	case codeTa:
		return appendGrowing(dst, e.Timers.Ta, e.Partial)
	case codeTc:
		return appendInt(dst, e.Timers.Tc)
	case codeTd:
		return appendInt(dst, e.Timers.Td)
	case codeTh:
		return appendInt(dst, e.Timers.Th)
	case codeTi:
		return appendInt(dst, e.Timers.Ti)
	case codeTq:
		return appendInt(dst, e.Timers.Tq)
	case codeTR:
		return appendInt(dst, e.Timers.TR)
	case codeTr:
		return appendInt(dst, e.Timers.Tr)
	case codeTt:
		return appendGrowing(dst, e.Timers.Tt, e.Partial)
	case codeTu:
		return appendGrowing(dst, e.Timers.Tu, e.Partial)
	case codeTw:
		return appendInt(dst, e.Timers.Tw)
	case codeActConn:
		return appendInt(dst, e.ActConn)
	case codeBackend:
		return appendName(dst, e.backend(), f)
	case codeBeConn:
		return appendInt(dst, e.BeConn)
	case codeSourceIP:
		return appendIP(dst, e.Source.Addr(), e.ServerUnix, f)
	case codeSourcePort:
		return appendServerPort(dst, e, e.Source.Port(), e.Source.IsValid(), f)
	case codeServerIP:
		return appendIP(dst, e.Server.Addr(), e.ServerUnix, f)
	case codeServerPort:
		return appendServerPort(dst, e, e.Server.Port(), e.Server.IsValid(), f)
	case codeBeQueue:
		return appendInt(dst, e.BeQueue)
	case codeClientIP:
		return appendIP(dst, e.Client.Addr(), true, f)
	case codeClientPort:
		return appendCount(dst, e.port(e.Client.IsValid(), e.Client.Port()), f)
	case codeFrontIP:
		return appendIP(dst, e.front().Addr(), true, f)
	case codeFrontPort:
		return appendCount(dst, e.port(e.front().IsValid(), e.front().Port()), f)
	case codeFrontend:
		return appendName(dst, e.Frontend, f)
	case codeFeConn:
		return appendInt(dst, e.FeConn)
	case codeFrontTransport:
		dst = append(quote(dst, f), e.Frontend...)
		if e.TLS {
			dst = append(dst, '~')
		}
		return quote(dst, f)
	case codeReqHeaders:
		return appendCaptures(dst, e.ReqCaptures, f)
	case codeReqHeadersCLF:
		return appendCapturesCLF(dst, e.ReqCaptures, f)
	case codeResHeaders:
		return appendCaptures(dst, e.ResCaptures, f)
	case codeResHeadersCLF:
		return appendCapturesCLF(dst, e.ResCaptures, f)
	case codeLogCount:
		return appendCount(dst, int64(e.LogCount), f)
	case codeOrigin:
		return appendName(dst, originNames[min(int(e.Origin), len(originNames)-1)], f)
	case codePID:
		return appendCount(dst, int64(e.PID), f)
	case codeRetries:
		if e.Redispatched {
			dst = append(dst, '+')
		}
		return appendInt(dst, e.Retries)
	case codeCounter:
		return appendCount(dst, int64(e.Counter), f)
	case codeServer:
		if e.ServerName == "" {
			return appendName(dst, "<NOSRV>", f)
		}
		return appendName(dst, e.ServerName, f)
	case codeSrvConn:
		return appendInt(dst, e.SrvConn)
	case codeSrvQueue:
		return appendInt(dst, e.SrvQueue)
	case codeTerm:
		return appendTerm(dst, e.Term[:2])
	case codeTermCookie:
		return appendTerm(dst, e.Term[:])
	}
	return dst
}

// appendExpr appends a sample. Its bytes are the user's own business (manual
// 8.6 speaks of what aliases log), but without +bin it ends at a null byte.
func (it *item) appendExpr(dst []byte, c *sample.Ctx) []byte {
	if c == nil {
		return appendNone(dst, it.flags)
	}
	mark, s := c.Mark(), c.Borrow()
	ok := it.expr.Eval(c, s)
	if ok && (s.Type != sample.Bin || it.flags&flagBin == 0) {
		ok = sample.Cast(c, s, sample.Str)
	}
	if !ok {
		dst = appendNone(dst, it.flags)
	} else {
		b := s.Data
		if it.flags&flagBin == 0 {
			if i := bytes.IndexByte(b, 0); i >= 0 {
				b = b[:i]
			}
		}
		dst = appendText(dst, b, it.flags)
	}
	c.Return()
	c.Release(mark)
	return dst
}

// appendCookie appends a captured cookie. Quotes and '#' stay as they are, as
// in the reference; unlike there control characters do not.
func appendCookie(dst, b []byte, f flags) []byte {
	if len(b) == 0 {
		return appendNone(dst, f)
	}
	return quote(appendEncoded(quote(dst, f), b, &cookieSafe, f), f)
}

// appendCaptures appends "{a|b}", or nothing when there are no captures.
func appendCaptures(dst []byte, captures [][]byte, f flags) []byte {
	if len(captures) == 0 {
		return dst
	}
	dst = append(quote(dst, f), '{')
	for i, b := range captures {
		if i > 0 {
			dst = append(dst, '|')
		}
		dst = appendEncoded(dst, b, &headerSafe, f)
	}
	return quote(append(dst, '}'), f)
}

// appendCapturesCLF appends captures as fields of their own.
func appendCapturesCLF(dst []byte, captures [][]byte, f flags) []byte {
	for i, b := range captures {
		if i > 0 {
			dst = append(dst, ' ')
		}
		if len(b) == 0 {
			dst = appendNone(dst, f)
			continue
		}
		dst = quote(appendEncoded(quote(dst, f), b, &headerSafe, f), f)
	}
	return dst
}

func appendServerPort(dst []byte, e *Entry, port uint16, valid bool, f flags) []byte {
	switch {
	case valid:
		return appendCount(dst, int64(port), f)
	case e.ServerUnix:
		return appendCount(dst, 0, f)
	}
	return appendNone(dst, f)
}

func appendTerm(dst, term []byte) []byte {
	for _, c := range term {
		if c == 0 {
			c = '-'
		}
		dst = append(dst, c)
	}
	return dst
}

func appendPeers(dst []byte, e *Entry) []byte {
	if e.Client.IsValid() {
		dst = append(dst, "from "...)
		dst = appendIP(dst, e.Client.Addr(), true, 0)
		dst = appendInt(append(dst, ':'), int64(e.Client.Port()))
		dst = append(dst, ' ')
	}
	dst = append(dst, "to "...)
	dst = appendIP(dst, e.front().Addr(), true, 0)
	return appendInt(append(dst, ':'), e.port(e.front().IsValid(), e.front().Port()))
}

func (e *Entry) requestDate() int64 {
	if e.Request == 0 {
		return e.Accept
	}
	return e.Request
}

func (e *Entry) backend() string {
	if e.Backend == "" {
		return e.Frontend
	}
	return e.Backend
}

// port gives an IP connection's port or the listener's number.
func (e *Entry) port(ip bool, port uint16) int64 {
	if ip {
		return int64(port)
	}
	return int64(e.ListenerID)
}
