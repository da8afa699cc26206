package config

import (
	"strconv"
)

// Capture is a slot of a frontend that keeps a text of its messages for the logs
// and for rules that run later (manual 8.8). Rules find it by its place.
type Capture struct {
	Header string // what fills it ("capture request header"); "": rules do
	Len    int    // bytes, at most
	Rule   bool   // a rule makes it: no line declares it
}

// captureRows are the slots of frontends (manual 4.2).
var captureRows = Table{
	{Name: "capture request header", In: InFrontends, Max: 4, Syntax: "capture request header <name> len <length>",
		Doc: "Keeps a header field of requests for the logs.", Parse: func(p *Parser, l *Line) { p.captureHeader(l, &p.proxy.ReqCaptures) }},
	{Name: "capture response header", In: InFrontends, Max: 4, Syntax: "capture response header <name> len <length>",
		Doc: "Keeps a header field of responses for the logs.", Parse: func(p *Parser, l *Line) { p.captureHeader(l, &p.proxy.ResCaptures) }},
	{Name: "declare capture", In: InFrontends, Max: -1, Since: "1.6", Syntax: "declare capture [ request | response ] len <length>",
		Doc: "Makes room for a capture that rules of backends fill.", Parse: declareCapture},
}

func (p *Parser) captureHeader(l *Line, to *[]Capture) {
	side := l.Words[1]
	switch {
	case l.Arg(3) == "" || l.Arg(4) != "len" || l.Arg(5) == "":
		p.Alert(l.Pos, "'capture %s' expects 'header' <header_name> 'len' <len>.", side)
	case l.Arg(6) != "":
		p.Alert(l.Pos, "'capture %s' cannot handle unexpected argument '%s'.", side, clip(l.Arg(6)))
	default:
		// What is no length keeps nothing, as in the reference.
		n, _ := parseInt(l.Arg(5), 0, maxInt)
		*to = append(*to, Capture{Header: l.Arg(3), Len: n})
	}
}

func declareCapture(p *Parser, l *Line) {
	to := &p.proxy.ReqCaptures
	switch l.Arg(2) {
	case "request":
	case "response":
		to = &p.proxy.ResCaptures
	default:
		p.Alert(l.Pos, "'declare capture' requires a direction ('request' or 'response')")
		return
	}
	n, err := strconv.ParseInt(l.Arg(4), 10, 32)
	switch {
	case l.Arg(3) != "len":
		p.Alert(l.Pos, "'declare capture' requires a capture length ('len')")
	case l.Arg(4) == "":
		p.Alert(l.Pos, "'declare capture': 'len' requires a numeric value that represents the capture length")
	case err != nil:
		p.Alert(l.Pos, "'declare capture': cannot parse the length '%s'.", clip(l.Arg(4)))
	case n <= 0:
		p.Alert(l.Pos, "length must be > 0")
	default:
		*to = append(*to, Capture{Len: int(n)})
	}
}

// CaptureLen reads the length that a rule gives to its capture; 0: it is none.
func CaptureLen(word string) int {
	n, _ := parseInt(word, 0, maxInt)
	return n
}

// captures writes the slots. Those that rules of HTTP made are declared too: the
// rules then name them by their places.
func (t *textWriter) captures(p *Proxy) {
	for _, side := range []struct {
		name  string
		slots []Capture
	}{{"request", p.ReqCaptures}, {"response", p.ResCaptures}} {
		for _, c := range side.slots {
			switch {
			case c.Header != "":
				t.line("capture", side.name, "header", c.Header, "len", itoa(c.Len))
			case !c.Rule:
				t.line("declare", "capture", side.name, "len", itoa(c.Len))
			}
		}
	}
}
