package sample

import (
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
	"github.com/sluice-proxy/sluice/internal/explain"
	"github.com/sluice-proxy/sluice/internal/userlist"
)

// Ctx is what an expression is evaluated against. The owner (a stream) fills
// it, keeps it for the whole life of the stream and never copies it while an
// evaluation runs.
type Ctx struct {
	Response bool           // response direction: hdr() reads the response
	Req, Res *http1.Head    // nil when there is none (yet)
	Src, Dst netip.AddrPort // zero when the transport has no IP addresses
	// Conn, when set, is asked for Dst: few configurations want it, and the answer
	// may cost a system call.
	Conn interface{ LocalAddr() netip.AddrPort }
	// Body, when set, is asked for the request's body.
	Body    Body
	Payload []byte // bytes waiting in the channel (tcp-request content)
	Inspection
	ResPayload []byte // likewise, of the server; in a health check its answer
	Vars       Vars   // the variables within reach

	// What was kept of the messages for the time when their bytes are gone.
	ReqMethod, ReqURI        []byte
	ReqVersion, ResVersion   uint8 // the digit of HTTP/1.x, plus one; 0: none yet
	ReqCaptures, ResCaptures Captures

	// Identity, when set, is asked for the request's unique identifier.
	Identity interface{ UniqueID() []byte }

	// Room is how many bytes rules may write into the message; 0: any number.
	Room int

	Asked
	Stream Actor // nil: none

	Proxy *proxyproto.Header // that began the client's connection; nil: none
	First bool               // the first request of its connection
	// Proxied: the client takes us for a proxy ("option http-use-proxy-header").
	Proxied bool
	proofs  []proof // of passwords that took work
	// ClientError is what the client's connection ended by while there was no stream.
	ClientError ConnError
	User        *userlist.User // whom http_auth_group found last; nil: nobody
	ServerConn

	// What rules ask of the way to a server: the order in a queue (manual 4.4,
	// "set-priority-class"), how often to try again, and never to send a request
	// again.
	PrioClass, PrioOffset int32
	Retries               Retries
	NoReplay              bool

	FrontendName, BackendName, ServerName string
	ServerID                              int // 0: no server yet

	// Why, when set, keeps the record of all that is evaluated.
	Why *explain.Recorder

	Now     int64  // wall clock, nanoseconds since 1970
	Scratch []byte // arena of converters; see Reset
	Out     []byte // work buffer of actions, for texts that are being made

	stack [stackDepth]Sample
	depth int
}

// Retries is how often a failed attempt may be repeated: as the backend says, or
// Limit once Set.
type Retries struct {
	Backend int
	Set     bool
	Limit   int
}

// Max is the number in force.
func (r Retries) Max() int {
	if r.Set {
		return r.Limit
	}
	return r.Backend
}

// MaxData bounds what a converter may build (tune.bufsize of the reference: a
// sample lives in one buffer there). A conversion that needs more fails.
const MaxData = 16384

const stackDepth = 4

// Reset empties the scratch arena. The owner calls it between evaluations whose
// results it no longer needs, and after a panic.
func (c *Ctx) Reset() { c.Scratch, c.depth = c.Scratch[:0], 0 }

// Borrow lends a zero sample from the context's own stack, so that evaluating
// needs none from the heap. Every Borrow is followed by one Return, last
// borrowed first.
func (c *Ctx) Borrow() *Sample {
	c.depth++
	if c.depth > stackDepth {
		return new(Sample)
	}
	s := &c.stack[c.depth-1]
	*s = Sample{}
	return s
}

// Return gives the last borrowed sample back.
func (c *Ctx) Return() { c.depth-- }

// Mark and Release bracket an evaluation whose result is not kept: Release
// forgets the scratch bytes made since Mark.
func (c *Ctx) Mark() int { return len(c.Scratch) }

// Release forgets all scratch bytes made since the Mark that gave m.
func (c *Ctx) Release(m int) { c.Scratch = c.Scratch[:min(m, cap(c.Scratch))] }

// bytes reserves n scratch bytes; nil when n is over MaxData. When the arena is
// full a larger one takes its place: samples keep the old one alive.
func (c *Ctx) bytes(n int) []byte {
	if n < 0 || n > MaxData {
		return nil
	}
	if len(c.Scratch)+n > cap(c.Scratch) || c.Scratch == nil {
		m := len(c.Scratch)
		c.Scratch = make([]byte, m, max(2*cap(c.Scratch), m+n, 1024))
	}
	m := len(c.Scratch)
	c.Scratch = c.Scratch[:m+n]
	return c.Scratch[m : m+n : m+n]
}

// keep shortens the last reservation b to n bytes.
func (c *Ctx) keep(b []byte, n int) []byte {
	c.Scratch = c.Scratch[:len(c.Scratch)-(len(b)-n)]
	return b[:n:n]
}
