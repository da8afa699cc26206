package logs

import "net/netip"

// MaxRequest is how many bytes of a request line a log remembers
// (tune.http.logurilen counts a terminating null byte).
const MaxRequest = 1023

// Origin is the moment a line is made (%OG).
type Origin uint8

const (
	OriginNone Origin = iota
	OriginSessionError
	OriginSessionKilled
	OriginAccept
	OriginRequest
	OriginConnect
	OriginResponse
	OriginClose

	// Where rules have lines made ("do-log").
	OriginHTTPReq
	OriginHTTPRes
	OriginHTTPAfterRes
	OriginTCPReqConn
	OriginTCPReqSess
	OriginTCPReqCont
	OriginTCPResCont
	origins
)

var originNames = [origins]string{"unspec", "sess_error", "sess_killed", "txn_accept", "txn_request", "txn_connect", "txn_response", "txn_close",
	"http-req", "http-res", "http-after-res", "tcp-req-conn", "tcp-req-sess", "tcp-req-cont", "tcp-res-cont"}

// Timers are the durations of manual 8.4 in milliseconds; -1: never reached.
// Th to Tr are measured, Derive computes the others.
type Timers struct {
	Th int64 // handshakes of the transport, PROXY protocol included
	Ti int64 // idle before the first byte of the request; -1 in TCP mode
	TR int64 // first byte to complete request; -1 in TCP mode
	Tw int64 // in queues
	Tc int64 // connecting to the server
	Tr int64 // connection to complete response head; -1 in TCP mode

	Tq int64 // Th + Ti + TR
	Td int64 // transfer of the data
	Ta int64 // active time of the request
	Tt int64 // everything
	Tu int64 // as the user sees it: without idle time
}

// Entry is all that a log line can say about a session. The owner fills it and
// may use it again after Clear; byte slices are only read during the calls.
type Entry struct {
	Accept  int64 // unix ns; the end of the previous response for a later request
	Request int64 // unix ns of the request's first byte; 0: Accept

	Client, Front netip.AddrPort // both ends of the client's connection; zero: UNIX
	// Conn, when set, is asked for Front if the line shows it.
	Conn            interface{ LocalAddr() netip.AddrPort }
	Source, Server  netip.AddrPort // both ends of the server's connection; zero: see ServerUnix
	ServerUnix      bool           // the server's connection is a UNIX one
	ListenerID      int            // stands for the ports when the client came by UNIX
	Frontend        string
	Backend         string // "": none was chosen, the frontend's name is shown
	ServerName      string // "": none was chosen, <NOSRV>
	Bind            string // name of the bind line, its number when it has none
	TLS             bool   // on the client's side: '~' after the frontend's name
	PID             int
	Hostname        string
	Counter         uint32 // requests or sessions of the process so far (%rt)
	LogCount        uint32 // lines the frontend logged before (%lc); set by Sink
	Origin          Origin
	Message         string // what went wrong, for the format of failed connections
	Timers          Timers
	Partial         bool // logged before the end (logasap): '+' before what still grows
	Status          int
	Read            int64   // bytes from server to client
	Uploaded        int64   // bytes from client to server
	Term            [4]byte // e.g. "SC--"; a zero byte shows as '-'
	ActConn, FeConn int64
	BeConn, SrvConn int64
	Retries         int64
	Redispatched    bool // '+' before the retries
	SrvQueue        int64
	BeQueue         int64
	Line            []byte   // request line as received, see SetRequest; empty: <BADREQ>
	UniqueID        []byte   // nil: none
	ReqCookie       []byte   // captured "name=value"; nil: none
	ResCookie       []byte   //
	ReqCaptures     [][]byte // one a capture of the frontend, nil without a value;
	ResCaptures     [][]byte // both slices are nil before there is a request
}

// Clear empties e for another session; its request line's memory stays.
func (e *Entry) Clear() {
	line := e.Line[:0]
	*e = Entry{Line: line, PID: e.PID, Hostname: e.Hostname}
	e.Timers = Timers{Ti: -1, TR: -1, Tw: -1, Tc: -1, Tr: -1, Tq: -1, Td: -1}
}

func (e *Entry) front() netip.AddrPort {
	if e.Conn != nil {
		return e.Conn.LocalAddr()
	}
	return e.Front
}

// SetRequest remembers a request line in e's own memory, cut to MaxRequest
// bytes in all. minor is the digit of HTTP/1.minor.
func (e *Entry) SetRequest(method, uri []byte, minor uint8) {
	e.Line = AppendRequest(e.Line[:0], method, uri, minor)
}

// AppendRequest appends "METHOD URI HTTP/1.minor", cut to MaxRequest bytes. A
// negative room is no error: the head of the line is what counts.
func AppendRequest(dst, method, uri []byte, minor uint8) []byte {
	end := len(dst) + MaxRequest
	dst = appendUpTo(dst, method, end)
	if len(dst) < end {
		dst = append(dst, ' ')
	}
	dst = appendUpTo(dst, uri, end)
	version := [...]byte{' ', 'H', 'T', 'T', 'P', '/', '1', '.', '0' + minor%10}
	return appendUpTo(dst, version[:], end)
}

func appendUpTo(dst, b []byte, end int) []byte {
	return append(dst, b[:min(len(b), max(0, end-len(dst)))]...)
}

// Derive computes Tq, Td, Ta, Tt and Tu from the measured timers and the time
// since Accept in milliseconds.
func (t *Timers) Derive(total int64) {
	t.Tt = total
	t.Tq = -1
	if t.Th >= 0 && t.Ti >= 0 && t.TR >= 0 {
		t.Tq = t.Th + t.Ti + t.TR
	}
	idle := max(t.Ti, 0)
	t.Tu = max(total-idle, 0)
	t.Ta = max(total-idle-max(t.Th, 0), 0)
	t.Td = -1
	switch {
	case t.Tc < 0:
	case t.Tr >= 0: // HTTP: after the response's head
		t.Td = max(total-max(t.Tq, 0)-max(t.Tw, 0)-t.Tc-t.Tr, 0)
	case t.TR < 0: // TCP: after the connection
		t.Td = max(total-max(t.Th, 0)-max(t.Tw, 0)-t.Tc, 0)
	}
}
