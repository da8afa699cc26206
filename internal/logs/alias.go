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
}

var aliases = []alias{
	{name: "B", code: codeBytesRead, stage: StageEnd},
	{name: "CC", code: codeReqCookie, stage: StageRequest},
	{name: "CS", code: codeResCookie, stage: StageResponse},
	{name: "H", code: codeHostname, empty: true},
	{name: "HM", code: codeMethod, stage: StageRequest, empty: true},
	{name: "HP", code: codeURIPath, stage: StageRequest, empty: true},
	{name: "HPO", code: codePath, stage: StageRequest, empty: true},
	{name: "HQ", code: codeQuery, stage: StageRequest, empty: true},
	{name: "HU", code: codeURI, stage: StageRequest, empty: true},
	{name: "HV", code: codeVersion, stage: StageRequest, empty: true},
	{name: "ID", code: codeUniqueID, stage: StageRequest},
	{name: "OG", code: codeOrigin},
	{name: "ST", code: codeStatus, stage: StageResponse},
	{name: "T", code: codeDateUTC},
	{name: "TR", code: codeTR, stage: StageRequest},
	{name: "Ta", code: codeTa, stage: StageEnd},
	{name: "Tc", code: codeTc, stage: StageConnect},
	{name: "Td", code: codeTd, stage: StageEnd},
	{name: "Th", code: codeTh},
	{name: "Ti", code: codeTi, stage: StageRequest},
	{name: "Tl", code: codeDateLocal},
	{name: "Tq", code: codeTq, stage: StageRequest},
	{name: "Tr", code: codeTr, stage: StageResponse},
	{name: "Ts", code: codeTimestamp},
	{name: "Tt", code: codeTt, stage: StageEnd},
	{name: "Tu", code: codeTu, stage: StageEnd},
	{name: "Tw", code: codeTw, stage: StageConnect},
	{name: "U", code: codeUploaded, stage: StageEnd},
	{name: "ac", code: codeActConn},
	{name: "b", code: codeBackend, stage: StageRequest, empty: true},
	{name: "bc", code: codeBeConn, stage: StageConnect},
	{name: "bi", code: codeSourceIP, stage: StageConnect},
	{name: "bp", code: codeSourcePort, stage: StageConnect},
	{name: "bq", code: codeBeQueue, stage: StageConnect},
	{name: "ci", code: codeClientIP},
	{name: "cp", code: codeClientPort},
	{name: "f", code: codeFrontend, empty: true},
	{name: "fc", code: codeFeConn},
	{name: "fi", code: codeFrontIP},
	{name: "fp", code: codeFrontPort},
	{name: "ft", code: codeFrontTransport, empty: true},
	{name: "hr", code: codeReqHeaders, stage: StageRequest, empty: true},
	{name: "hrl", code: codeReqHeadersCLF, stage: StageRequest, empty: true},
	{name: "hs", code: codeResHeaders, stage: StageResponse, empty: true},
	{name: "hsl", code: codeResHeadersCLF, stage: StageResponse, empty: true},
	{name: "lc", code: codeLogCount},
	{name: "ms", code: codeMilli},
	{name: "pid", code: codePID},
	{name: "r", code: codeRequest, stage: StageRequest},
	{name: "rc", code: codeRetries, stage: StageConnect},
	{name: "rt", code: codeCounter},
	{name: "s", code: codeServer, stage: StageConnect},
	{name: "sc", code: codeSrvConn, stage: StageConnect},
	{name: "si", code: codeServerIP, stage: StageConnect},
	{name: "sp", code: codeServerPort, stage: StageConnect},
	{name: "sq", code: codeSrvQueue, stage: StageConnect},
	{name: "sslc", needs: "TLS"},
	{name: "sslv", needs: "TLS"},
	{name: "t", code: codeDateMilli},
	{name: "tr", code: codeReqMilli, stage: StageRequest},
	{name: "trg", code: codeReqUTC, stage: StageRequest},
	{name: "trl", code: codeReqLocal, stage: StageRequest},
	{name: "ts", code: codeTerm, stage: StageEnd},
	{name: "tsc", code: codeTermCookie, stage: StageEnd},
}

func lookupAlias(name string) *alias {
	for i := range aliases {
		if aliases[i].name == name {
			return &aliases[i]
		}
	}
	return nil
}
