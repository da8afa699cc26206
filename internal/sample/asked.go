package sample

import "net/netip"

// Asked is what rules ask of the stream they run in, beside what they do to its
// messages (manual 4.4).
type Asked struct {
	// LogLevel of its lines: 0 as usual, LogSilent none, else the level plus one.
	LogLevel int8
	Timeouts [timeouts]int64 // ns; 0: those of the proxies
}

// ForgetServer takes back the timeouts towards servers: what a frontend's rules
// said was of its own.
func (a *Asked) ForgetServer() {
	for _, which := range []Timeout{TimeoutConnect, TimeoutQueue, TimeoutServer, TimeoutTunnel} {
		a.Timeouts[which] = 0
	}
}

// LogStep is the kind of rules in which "do-log" stands.
type LogStep uint8

// The steps of rules.
const (
	LogHTTPReq LogStep = iota
	LogHTTPRes
	LogHTTPAfterRes
	LogTCPReqConn
	LogTCPReqSess
	LogTCPReqCont
	LogTCPResCont
)

// LogSilent is the level of a stream that is not logged.
const LogSilent = -1

// Timeout is one of those that "set-timeout" changes.
type Timeout uint8

// The timeouts.
const (
	TimeoutClient Timeout = iota
	TimeoutConnect
	TimeoutQueue
	TimeoutServer
	TimeoutTarpit
	TimeoutTunnel
	timeouts
)

// Actor is the stream that rules run in: what actions act on at once, and what
// some fetches ask.
type Actor interface {
	// Peer and Local are the ends of the client's connection. Rules after those of
	// "tcp-request connection" do not change them.
	Peer() netip.AddrPort
	Local() netip.AddrPort
	// ProxyTimeout is a timeout of the configuration in ns; 0: none, or no backend.
	ProxyTimeout(which Timeout, backend bool) (ns int64)
	// LastRule is where the last final rule stands; "" without one.
	LastRule() (file string, line int)
	// WaitingRule is the rule for which the stream waited when it ended; "" without one.
	WaitingRule() (file string, line int)
	// ConnError is what happened to the connection to the client or to the server;
	// false: there is no server yet.
	ConnError(server bool) (ConnError, bool)
	// StreamID numbers the streams of a connection; false: there is no server yet.
	StreamID(server bool) (int64, bool)
	// Glitches counts messages that broke rules and were accepted, of the connection to
	// the client or to the server.
	Glitches(server bool) int64
	// SavedSYN copies the packet with which the client's connection began, and says
	// how much of b it takes; 0: it was not kept.
	SavedSYN(b []byte) int
	// Listener, Frontend and Backend tell by what way the stream came; a backend of
	// 0: none yet.
	Listener() (id int, name string)
	Frontend() (id int, defaultBackend string)
	Backend() (id int)
	// Process tells how many clients are connected, and whether it is stopping.
	Process() (conns int64, stopping bool)
	SetNice(n int)
	// SetSource and SetDestination replace the addresses of the client's connection.
	SetSource(a netip.AddrPort)
	SetDestination(a netip.AddrPort)
	// The packets to either side: their firewall mark and type of service.
	ClientMark(mark uint32)
	ServerMark(mark uint32)
	ClientTOS(tos int)
	ServerTOS(tos int)
	// Vanish has the connection, which is closed next, end unnoticed by the client;
	// with a ttl, by a reset that gets no further than that.
	Vanish(ttl int)
	// Hint adds a field to a 103 response, which is sent unless there is more.
	Hint(name, value []byte, more bool)
	// Log writes a log line, at the step of a rule, by a log profile or "" for those
	// of the proxy's targets.
	Log(at LogStep, profile string)
	Fact(f Fact) int64
	// Kernel is what the kernel measured of the connection to the client or to the
	// server; false without one.
	Kernel(server bool) (Kernel, bool)
	// ServerEnds are both ends of the connection to the server; zero without one.
	ServerEnds() (local, remote netip.AddrPort)
	// Own says whether an address is one of this machine's.
	Own(a netip.Addr) bool
	// Termination is how the stream ended, and where; 0: it did not yet.
	Termination() (cause, state byte)
}
