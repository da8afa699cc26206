package config

// The log formats of the manual 8.2, as the environment offers them for
// extension (manual 2.3).
const (
	HTTPLogFormat    = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"
	HTTPCLFLogFormat = `%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl`
	HTTPSLogFormat   = HTTPLogFormat + " %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc"
	TCPLogFormat     = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq"
	TCPCLFLogFormat  = `%{+Q}o %{-Q}ci - - [%T] "TCP " 000 %B "" "" %cp %ms %ft %b %s %Th %Tw %Tc %Tt %U %ts-- %ac %fc %bc %sc %rc %sq %bq "" "" `
)

// Predefine sets the variables that every configuration can use (manual 2.3).
// HAPROXY_STARTUP_VERSION is kept when it is set: it is the version that the
// master was started with. An empty localPeer is not set, since it is not known
// during discovery.
func (e Env) Predefine(version, localPeer string) {
	if _, ok := e["HAPROXY_STARTUP_VERSION"]; !ok {
		e["HAPROXY_STARTUP_VERSION"] = version
	}
	e["HAPROXY_BRANCH"] = Branch
	e["HAPROXY_HTTP_LOG_FMT"] = HTTPLogFormat
	e["HAPROXY_HTTP_CLF_LOG_FMT"] = HTTPCLFLogFormat
	e["HAPROXY_HTTPS_LOG_FMT"] = HTTPSLogFormat
	e["HAPROXY_TCP_LOG_FMT"] = TCPLogFormat
	e["HAPROXY_TCP_CLF_LOG_FMT"] = TCPCLFLogFormat
	if localPeer != "" {
		e["HAPROXY_LOCALPEER"] = localPeer
	}
}
