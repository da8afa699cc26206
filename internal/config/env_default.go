package config

import "strings"

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
	// These come of the configuration, so it cannot have them. A process that
	// starts this one may have left its own.
	for _, name := range []string{"HAPROXY_CFGFILES", "HAPROXY_CLI", "HAPROXY_MASTER_CLI"} {
		delete(e, name)
	}
	e["HAPROXY_BRANCH"] = Branch
	e["HAPROXY_HTTP_LOG_FMT"] = HTTPLogFormat
	e["HAPROXY_HTTP_CLF_LOG_FMT"] = HTTPCLFLogFormat
	e["HAPROXY_HTTPS_LOG_FMT"] = HTTPSLogFormat
	e["HAPROXY_TCP_LOG_FMT"] = TCPLogFormat
	e["HAPROXY_TCP_CLF_LOG_FMT"] = TCPCLFLogFormat
	e["HAPROXY_KEYLOG_FC_LOG_FMT"] = keyLogFormat("fc")
	e["HAPROXY_KEYLOG_BC_LOG_FMT"] = keyLogFormat("bc")
	if localPeer != "" {
		e["HAPROXY_LOCALPEER"] = localPeer
	}
}

// keyLogFormat is the format of key logs, "SSLKEYLOGFILE" elsewhere, for the
// connection of one side.
func keyLogFormat(side string) string {
	var lines []string
	for _, f := range [][2]string{
		{"CLIENT_RANDOM", "session_key,hex"},
		{"CLIENT_EARLY_TRAFFIC_SECRET", "client_early_traffic_secret"},
		{"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "client_handshake_traffic_secret"},
		{"SERVER_HANDSHAKE_TRAFFIC_SECRET", "server_handshake_traffic_secret"},
		{"CLIENT_TRAFFIC_SECRET_0", "client_traffic_secret_0"},
		{"SERVER_TRAFFIC_SECRET_0", "server_traffic_secret_0"},
		{"EXPORTER_SECRET", "exporter_secret"},
		{"EARLY_EXPORTER_SECRET", "early_exporter_secret"},
	} {
		lines = append(lines, f[0]+" %[ssl_"+side+"_client_random,hex] %[ssl_"+side+"_"+f[1]+"]")
	}
	return strings.Join(lines, "\n")
}
