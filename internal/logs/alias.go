package logs

// code names what an item of a format prints.
type code uint8

const (
	codeNone code = iota // text only
	codeExpr             // %[expression]
	codeMessage
	codeBind
	codePeers // "from A:P to A:P" or "to unix:N" of the default format

	codeBytesRead
	codeReqCookie
	codeResCookie
	codeHostname
	codeMethod
	codeURIPath
	codePath
	codeQuery
	codeURI
	codeVersion
	codeUniqueID
	codeStatus
	codeDateUTC
	codeDateLocal
	codeTimestamp
	codeDateMilli
	codeMilli
	codeReqMilli
	codeReqUTC
	codeReqLocal
	codeTa
	codeTc
	codeTd
	codeTh
	codeTi
	codeTq
	codeTR
	codeTr
	codeTt
	codeTu
	codeTw
	codeUploaded
	codeActConn
	codeBackend
	codeBeConn
	codeSourceIP
	codeSourcePort
	codeBeQueue
	codeClientIP
	codeClientPort
	codeFrontend
	codeFeConn
	codeFrontIP
	codeFrontPort
	codeFrontTransport
	codeReqHeaders
	codeReqHeadersCLF
	codeResHeaders
	codeResHeadersCLF
	codeLogCount
	codeOrigin
	codePID
	codeRequest
	codeRetries
	codeCounter
	codeServer
	codeSrvConn
	codeServerIP
	codeServerPort
	codeSrvQueue
	codeTerm
	codeTermCookie
)

// numeric says whether what an alias prints is a number.
func (c code) numeric() bool {
	switch c {
	case codeBytesRead, codeStatus, codeTimestamp, codeMilli, codeTa, codeTc, codeTd, codeTh, codeTi, codeTq, codeTR, codeTr, codeTt, codeTu, codeTw,
		codeUploaded, codeActConn, codeBeConn, codeSourcePort, codeBeQueue, codeClientPort, codeFeConn, codeFrontPort, codeLogCount, codePID,
		codeRetries, codeCounter, codeSrvConn, codeServerPort, codeSrvQueue:
		return true
	}
	return false
}

// hexed says whether flagX changes a number.
func (c code) hexed() bool {
	switch c {
	case codeTimestamp, codeMilli, codeSourcePort, codeClientPort, codeFrontPort, codeLogCount, codePID, codeCounter, codeServerPort:
		return true
	}
	return false
}

// Stage is the first moment of a session at which everything a format shows is
// known. A line is made then, or at the end; with "option logasap" a format
// that waits for StageEnd is used as early as StageConnect (TCP) or
// StageResponse (HTTP).
type Stage uint8

const (
	StageAccept Stage = iota
	StageRequest
	StageConnect
	StageResponse
	StageEnd
)

// alias is one row of the table of manual 8.2.6. A row with needs set is known
// but refused: what it shows does not exist here yet.
type alias struct {
	name  string
	code  code
	stage Stage
	empty bool // may print nothing, even unquoted
	needs string
	doc   string // a sentence
}

// Alias is what documentation and editors show of an alias.
type Alias struct {
	Name  string // without the percent sign
	Doc   string // a sentence
	Built bool   // false: known, refused when it is used
}

// Aliases lists the aliases of log formats, but %o, which only carries flags.
func Aliases() []Alias {
	var list []Alias
	for _, a := range aliases {
		list = append(list, Alias{a.name, a.doc, a.needs == ""})
	}
	return list
}

var aliases = []alias{
	{name: "B", code: codeBytesRead, stage: StageEnd,
		doc: "Prints the bytes the client was sent, with a + before it in early lines."},
	{name: "CC", code: codeReqCookie, stage: StageRequest,
		doc: "Prints the request cookie that \"capture cookie\" kept, - for none."},
	{name: "CS", code: codeResCookie, stage: StageResponse,
		doc: "Prints the response cookie that \"capture cookie\" kept, - for none."},
	{name: "H", code: codeHostname, empty: true,
		doc: "Prints the machine's name."},
	{name: "HM", code: codeMethod, stage: StageRequest, empty: true,
		doc: "Prints the method of the request."},
	{name: "HP", code: codeURIPath, stage: StageRequest, empty: true,
		doc: "Prints the target of the request up to its query."},
	{name: "HPO", code: codePath, stage: StageRequest, empty: true,
		doc: "Prints the path of the request without scheme, host and query."},
	{name: "HQ", code: codeQuery, stage: StageRequest, empty: true,
		doc: "Prints the query of the request with the question mark before it."},
	{name: "HU", code: codeURI, stage: StageRequest, empty: true,
		doc: "Prints the target of the request."},
	{name: "HV", code: codeVersion, stage: StageRequest, empty: true,
		doc: "Prints the version of the request as HTTP/ and a number."},
	{name: "ID", code: codeUniqueID, stage: StageRequest,
		doc: "Prints the unique id of the request."},
	{name: "OG", code: codeOrigin,
		doc: "Prints at which point of the stream the line was made, such as txn_close."},
	{name: "ST", code: codeStatus, stage: StageResponse,
		doc: "Prints the status of the response, -1 for none."},
	{name: "T", code: codeDateUTC,
		doc: "Prints the date of the accept in UTC with the zone."},
	{name: "TR", code: codeTR, stage: StageRequest,
		doc: "Prints the milliseconds from the first byte of the request to the end of its header, -1 if it never came."},
	{name: "Ta", code: codeTa, stage: StageEnd,
		doc: "Prints the milliseconds from the first byte of the request to the end of the response."},
	{name: "Tc", code: codeTc, stage: StageConnect,
		doc: "Prints the milliseconds it took to connect to the server, -1 if it was not."},
	{name: "Td", code: codeTd, stage: StageEnd,
		doc: "Prints the milliseconds the response took after its header."},
	{name: "Th", code: codeTh,
		doc: "Prints the milliseconds the handshakes on the client's connection took."},
	{name: "Ti", code: codeTi, stage: StageRequest,
		doc: "Prints the milliseconds the connection was idle before the request."},
	{name: "Tl", code: codeDateLocal,
		doc: "Prints the date of the accept in local time with the zone."},
	{name: "Tq", code: codeTq, stage: StageRequest,
		doc: "Prints the milliseconds from the accept to the end of the request header: Th, Ti and TR together."},
	{name: "Tr", code: codeTr, stage: StageResponse,
		doc: "Prints the milliseconds the server took to answer with its header, -1 if it did not."},
	{name: "Ts", code: codeTimestamp,
		doc: "Prints the seconds since 1970 at the accept."},
	{name: "Tt", code: codeTt, stage: StageEnd,
		doc: "Prints the milliseconds from the accept to the end."},
	{name: "Tu", code: codeTu, stage: StageEnd,
		doc: "Prints the milliseconds the user waited: Tt without Ti."},
	{name: "Tw", code: codeTw, stage: StageConnect,
		doc: "Prints the milliseconds spent in queues, -1 if the request did not leave them."},
	{name: "U", code: codeUploaded, stage: StageEnd,
		doc: "Prints the bytes the client sent."},
	{name: "ac", code: codeActConn,
		doc: "Prints how many connections the process had at the end."},
	{name: "b", code: codeBackend, stage: StageRequest, empty: true,
		doc: "Prints the name of the backend."},
	{name: "bc", code: codeBeConn, stage: StageConnect,
		doc: "Prints how many connections the backend had."},
	{name: "bi", code: codeSourceIP, stage: StageConnect,
		doc: "Prints the local address of the connection to the server."},
	{name: "bp", code: codeSourcePort, stage: StageConnect,
		doc: "Prints the local port of the connection to the server."},
	{name: "bq", code: codeBeQueue, stage: StageConnect,
		doc: "Prints how many requests were ahead in the backend's queue."},
	{name: "ci", code: codeClientIP,
		doc: "Prints the client's address."},
	{name: "cp", code: codeClientPort,
		doc: "Prints the client's port."},
	{name: "f", code: codeFrontend, empty: true,
		doc: "Prints the name of the frontend."},
	{name: "fc", code: codeFeConn,
		doc: "Prints how many connections the frontend had."},
	{name: "fi", code: codeFrontIP,
		doc: "Prints the address the client connected to."},
	{name: "fp", code: codeFrontPort,
		doc: "Prints the port the client connected to."},
	{name: "ft", code: codeFrontTransport, empty: true,
		doc: "Prints the name of the frontend, with a ~ after it when the client used TLS."},
	{name: "hr", code: codeReqHeaders, stage: StageEnd, empty: true,
		doc: "Prints the captured request headers in braces."},
	{name: "hrl", code: codeReqHeadersCLF, stage: StageEnd, empty: true,
		doc: "Prints the captured request headers as separate quoted fields."},
	{name: "hs", code: codeResHeaders, stage: StageEnd, empty: true,
		doc: "Prints the captured response headers in braces."},
	{name: "hsl", code: codeResHeadersCLF, stage: StageEnd, empty: true,
		doc: "Prints the captured response headers as separate quoted fields."},
	{name: "lc", code: codeLogCount,
		doc: "Prints how many lines were logged by this proxy."},
	{name: "ms", code: codeMilli,
		doc: "Prints the milliseconds within the second of the accept, three digits."},
	{name: "pid", code: codePID,
		doc: "Prints the number of the process."},
	{name: "r", code: codeRequest, stage: StageRequest,
		doc: "Prints the request line."},
	{name: "rc", code: codeRetries, stage: StageConnect,
		doc: "Prints how often a connection to a server was tried again, with a + before it when the server was changed."},
	{name: "rt", code: codeCounter,
		doc: "Prints how many requests the process had got."},
	{name: "s", code: codeServer, stage: StageConnect,
		doc: "Prints the name of the server, <NOSRV> for none."},
	{name: "sc", code: codeSrvConn, stage: StageConnect,
		doc: "Prints how many connections the server had."},
	{name: "si", code: codeServerIP, stage: StageConnect,
		doc: "Prints the server's address."},
	{name: "sp", code: codeServerPort, stage: StageConnect,
		doc: "Prints the server's port."},
	{name: "sq", code: codeSrvQueue, stage: StageConnect,
		doc: "Prints how many requests were ahead in the server's queue."},
	{name: "sslc", needs: "TLS",
		doc: "Prints the cipher of the client's connection."},
	{name: "sslv", needs: "TLS",
		doc: "Prints the TLS version of the client's connection."},
	{name: "t", code: codeDateMilli,
		doc: "Prints the date of the accept in local time with milliseconds."},
	{name: "tr", code: codeReqMilli, stage: StageRequest,
		doc: "Prints the date of the request in local time with milliseconds."},
	{name: "trg", code: codeReqUTC, stage: StageRequest,
		doc: "Prints the date of the request in UTC with the zone."},
	{name: "trl", code: codeReqLocal, stage: StageRequest,
		doc: "Prints the date of the request in local time with the zone."},
	{name: "ts", code: codeTerm, stage: StageEnd,
		doc: "Prints the two letters that say how the stream ended."},
	{name: "tsc", code: codeTermCookie, stage: StageEnd,
		doc: "Prints the letters that say how the stream ended and what became of its cookie."},
}

func lookupAlias(name string) *alias {
	for i := range aliases {
		if aliases[i].name == name {
			return &aliases[i]
		}
	}
	return nil
}
