package check

import (
	"strconv"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Script is what a check says and wants to hear, step by step. Every kind of
// check is one: "option smtpchk" is the script that a user could have written
// (manual 4.2, "tcp-check", "http-check"). The servers of a backend share it.
type Script struct {
	steps []step
	http  bool
	// named scripts say in messages which step failed: those that a user wrote.
	named bool
	// implicit scripts begin with a connection that nobody wrote.
	implicit     bool
	disableOn404 bool
	sendState    bool
}

// step is one of the pointers.
type step struct {
	number  int // in messages, from 1; 0 for an implicit one
	comment string
	connect *connect
	send    *send
	request *request
	expect  *expect
	set     *setVar
}

// connect opens a connection.
type connect struct {
	explicit  bool // options here replace those of the server line
	port      int
	portExpr  *sample.Expr
	addr      *config.Address
	sendProxy bool
	linger    bool
}

// send sends bytes.
type send struct {
	data   []byte
	format *sample.Format
	hex    bool // the format gives hexadecimal digits
	make   func() []byte
}

// request is an HTTP request.
type request struct {
	method, version string
	uri, body       *sample.Format
	fields          []field
}

type field struct {
	name  string // lower case
	value *sample.Format
}

// expect waits for an answer.
type expect struct {
	what      string // in messages: "string 'OK'", "regex"
	unmatched string // what was not found, in messages: "content 'OK'"
	not       bool
	minRecv   int // -1: not set

	text    []byte
	format  *sample.Format
	hex     bool // text is sought in what the format gives, from hexadecimal digits
	regex   sample.Regexp
	digits  bool // regex looks at the bytes in hexadecimal
	status  []config.StatusRange
	rstatus bool
	header  *headerMatch
	// judge replaces all of these in prepared scripts.
	judge func(r *run, answer []byte, final bool) verdict
	// hearsNothing lets judge decide when nothing came at all.
	hearsNothing bool

	okStatus, errorStatus, timeoutStatus string
	onSuccess, onError                   *sample.Format
	code                                 *sample.Expr
}

// verdict is what judge says of an answer.
type verdict struct {
	wait   bool
	status string // "": it was good, go on
	code   int
	info   string
	last   bool // it was good, and info is what to report
}

// size is the least number of bytes that can be judged.
func (e *expect) size(text []byte) int {
	if text == nil || e.not {
		return max(e.minRecv, 0)
	}
	if e.minRecv >= 0 {
		return min(e.minRecv, len(text))
	}
	return len(text)
}

// place says in messages where a script stands.
func (s *Script) place(at *step) string {
	if !s.named {
		return ""
	}
	if at == nil || at.number == 0 {
		return " at initial connection step of tcp-check"
	}
	text := " at step " + strconv.Itoa(at.number) + " of tcp-check ("
	switch {
	case at.connect != nil && at.connect.port > 0:
		text += "connect port " + strconv.Itoa(at.connect.port)
	case at.connect != nil:
		text += "connect"
	case at.expect != nil:
		text += "expect " + at.expect.what
	default:
		text += "send"
	}
	text += ")"
	if at.comment != "" {
		text += " comment: '" + at.comment + "'"
	}
	return text
}

// plain is the script of a server without any: it connects.
var plain = &Script{implicit: true, steps: []step{{connect: &connect{}}}}
