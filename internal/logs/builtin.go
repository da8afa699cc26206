package logs

import "github.com/sluice-proxy/sluice/internal/config"

// The built-in formats as log-format strings: manual 8.2.2 and 8.2.3, values of
// the variables HAPROXY_TCP_LOG_FMT and so on.
const (
	TCPText     = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq"
	TCPCLFText  = `%{+Q}o %{-Q}ci - - [%T] "TCP " 000 %B "" "" %cp %ms %ft %b %s %Th %Tw %Tc %Tt %U %ts-- %ac %fc %bc %sc %rc %sq %bq "" "" `
	HTTPText    = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"
	HTTPCLFText = `%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl`
)

// TCP is the format of "option tcplog".
func TCP() *Format { return builtin(TCPText) }

// TCPCLF is the format of "option tcplog clf".
func TCPCLF() *Format { return builtin(TCPCLFText) }

// HTTP is the format of "option httplog".
func HTTP() *Format { return builtin(HTTPText) }

// HTTPS is the format of "option httpslog" (manual 8.2.4). No listener speaks TLS
// yet, so that its fields are those of a plain connection without an error.
func HTTPS() *Format { return builtin(HTTPText + plainTLS) }

const plainTLS = " 0/-/-/-/0 -/-/-"

// HTTPCLF is the format of "option httplog clf".
func HTTPCLF() *Format { return builtin(HTTPCLFText) }

func builtin(text string) *Format {
	f, err := Compile(text, config.Pos{}, Traffic, nil)
	if err != nil {
		panic(err) // a constant of this file is wrong
	}
	return f
}

// Default is the format of a proxy without any log option (manual 8.2.1). mode
// is "TCP" or "HTTP".
func Default(mode string) *Format {
	var b builder
	b.string("Connect ")
	b.value(item{code: codePeers}, false)
	b.string(" (")
	b.value(item{code: codeFrontend}, true)
	b.string("/" + mode + ")")
	return b.finish(&Format{Stage: StageAccept, accepts: true})
}

// ConnectionError is the format of connections that failed before there was a
// session (manual 8.2.5): it shows Entry.Message.
func ConnectionError() *Format {
	var b builder
	b.value(item{code: codeClientIP}, false)
	b.char(':')
	b.value(item{code: codeClientPort}, false)
	b.string(" [")
	b.value(item{code: codeDateMilli}, false)
	b.string("] ")
	b.value(item{code: codeFrontend}, true)
	b.char('/')
	b.value(item{code: codeBind}, true)
	b.string(": ")
	b.value(item{code: codeMessage}, true)
	return b.finish(&Format{Stage: StageAccept})
}
