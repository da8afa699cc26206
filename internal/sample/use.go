package sample

// Use says what a fetch needs to be there. The places of the life of a stream
// where that is so are the columns of the keyword lists of the reference
// (option -dKsmp).
type Use uint8

const (
	UseConst      Use = iota // nothing
	UseInternal              // the process
	UseClient                // the client's address
	UseFrontend              // the frontend
	UseClientConn            // what the client's connection negotiated
	UseReqBuffer             // bytes of the request
	UseReqHead               // the head of the request
	UseReqBody               // its body
	UseReq                   // what is remembered of the request after it was sent
	UseReqStats              // its counters
	UseBackend               // the backend
	UseServer                // the server
	UseServerAddr            // the connection to it
	UseServerConn            // what that connection negotiated
	UseResBuffer             // bytes of the response
	UseResHead               // the head of the response
	UseResBody               // its body
	UseRes                   // what is remembered of the response
	UseResStats              // its counters
	UseEither                // the head of the request or of the response
	uses
)

// Place is where an expression is evaluated; several may be combined.
type Place uint32

const (
	FeTCPConn Place = 1 << iota // tcp-request connection
	FeTCPSess
	FeTCPReq // tcp-request content in a frontend
	FeReqHead
	FeReqBody
	FeSwitch // use_backend
	BeTCPReq
	BeReqHead
	BeReqBody
	BeServer    // use-server, balance
	ServerSrc   // source address of a server
	BeTCPRes    // tcp-response content
	BeResHead   // http-response in a backend
	BeResBody   //
	BeStore     // stick store-response
	FeTCPRes    //
	FeResHead   // http-response in a frontend
	FeResBody   //
	Logs        // log formats
	TCPCheck    // health checks
	ConfigParse // while the configuration is read
	CLIParse
)

var placeNames = [...]string{
	"frontend tcp-request connection rule", "frontend tcp-request session rule",
	"frontend tcp-request content rule", "frontend http-request header rule",
	"frontend http-request body rule", "frontend use-backend rule",
	"backend tcp-request content rule", "backend http-request header rule",
	"backend http-request body rule", "backend use-server, balance or stick-match rule",
	"server source selection", "backend tcp-response content rule",
	"backend http-response header rule", "backend http-response body rule",
	"backend stick-store rule", "frontend tcp-response content rule",
	"frontend http-response header rule", "frontend http-response body rule",
	"logs", "backend tcp-check rule", "configuration parser", "CLI parser",
}

// String names the first place in p in the reference's words.
func (p Place) String() string {
	for i, n := range placeNames {
		if p&(1<<i) != 0 {
			return n
		}
	}
	return "nowhere"
}

// span gives the places from first to last.
func span(first, last Place) Place { return last<<1 - first }

var useTable = [uses]struct {
	name   string
	places Place
}{
	UseConst:      {"constants", span(FeTCPConn, CLIParse)},
	UseInternal:   {"internal state", span(FeTCPConn, TCPCheck) | CLIParse},
	UseClient:     {"client address", span(FeTCPConn, TCPCheck)},
	UseFrontend:   {"frontend", span(FeTCPConn, Logs)},
	UseClientConn: {"client-side connection", span(FeTCPSess, Logs)},
	UseReqBuffer:  {"request buffer", span(FeTCPReq, ServerSrc)},
	UseReqHead:    {"HTTP request headers", span(FeTCPReq, ServerSrc)},
	UseReqBody:    {"HTTP request headers", span(FeTCPReq, ServerSrc)},
	UseReq:        {"HTTP request", span(FeTCPReq, Logs)},
	UseReqStats:   {"request buffer statistics", span(FeTCPReq, Logs)},
	UseBackend:    {"backend", span(BeTCPReq, TCPCheck)},
	UseServer:     {"server", span(ServerSrc, TCPCheck)},
	UseServerAddr: {"server address", span(BeTCPRes, TCPCheck)},
	UseServerConn: {"server-side connection", span(BeTCPRes, TCPCheck)},
	UseResBuffer:  {"response buffer", span(BeTCPRes, FeResBody) | TCPCheck},
	UseResHead:    {"HTTP response headers", span(BeTCPRes, FeResBody) | TCPCheck},
	UseResBody:    {"HTTP response headers", span(BeTCPRes, FeResBody) | TCPCheck},
	UseRes:        {"HTTP response", span(BeTCPRes, TCPCheck)},
	UseResStats:   {"response buffer statistics", span(BeServer, TCPCheck)},
	UseEither:     {"HTTP request headers,HTTP response headers", span(FeTCPReq, FeResBody) | TCPCheck},
}

// String names what is needed in the reference's words.
func (u Use) String() string {
	if u < uses {
		return useTable[u].name
	}
	return "?"
}

// At says whether what u needs is there at one of the places in p.
func (u Use) At(p Place) bool { return u < uses && useTable[u].places&p != 0 }

// Places lists the places one by one, in the order of the columns of the keyword
// lists.
func Places() []Place {
	var list []Place
	for i := range placeNames {
		list = append(list, 1<<i)
	}
	return list
}
