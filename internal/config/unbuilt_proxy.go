package config

// unbuiltProxyRows are the keywords of the proxy keyword matrix (manual 4.1) that
// are known and not built yet. Those of rulesets are replaced by the rows of the
// packages that compile rules.
var unbuiltProxyRows = concat(
	unbuilt(InBackends, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		dispatch force-persist ignore-persist server-template stick use-fcgi-app use-server`}}),
	unbuilt(InDefaults|InBackend, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		+option+http-drop-request-trailers`}}),
	unbuilt(InDefaults|InBackends, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		cookie external-check hash-balance-factor hash-preserve-affinity hash-type http-reuse http-send-name-header
		load-server-state-from-file max-keep-alive-queue +option+accept-invalid-http-response
		+option+accept-unsafe-violations-in-http-response +option+allbackups +option+checkcache +option+external-check
		+option+forwarded +option+h1-case-adjust-bogus-server +option+http-pretend-keepalive +option+ldap-check
		+option+mysql-check +option+persist +option+pgsql-check +option+prefer-last-server +option+redis-check +option+smtpchk
		+option+spop-check +option+srvtcpka +option+ssl-hello-chk +option+tcp-check +option+tcp-smart-connect
		+option+transparent +option+use-small-buffers persist retry-on server-state-file-name source srvtcpka-cnt
		srvtcpka-idle srvtcpka-intvl tcp-check transparent`}}),
	unbuilt(InDefaults|InFrontends, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		clitcpka-cnt clitcpka-idle clitcpka-intvl log-format-sd log-steps max-session-srv-conns monitor-uri
		+option+accept-invalid-http-request +option+accept-unsafe-violations-in-http-request +option+clitcpka
		+option+contstats +option+disable-h2-upgrade +option+dontlog-normal +option+h1-case-adjust-bogus-client
		+option+http-ignore-probes +option+http-use-proxy-header +option+httpslog +option+idle-close-on-response
		+option+log-separate-errors +option+socket-stats +option+tcp-smart-accept rate-limit unique-id-header`}}),
	unbuilt(InDefaults|InListen, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		+option+http-drop-response-trailers`}}),
	unbuilt(InDefaults|InProxies, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		compression email-alert +option+http-buffer-request +option+http-no-delay
		+option+http-restrict-req-hdr-names +option+independent-streams +option+nolinger +option+originalto
		+option+splice-auto +option+splice-request +option+splice-response +option+tcpka stats unique-id-format`}}),
	unbuilt(InDefaults|NamedDefaults|InBackends, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		tcp-response`}}),
	unbuilt(InDefaults|NamedDefaults|InFrontends, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		quic-initial`}}),
	unbuilt(InDefaults|NamedDefaults|InProxies, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		acl http-after-response http-request http-response tcp-request`}}),
	unbuilt(InFrontends, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		capture crt declare force-be-switch monitor ssl-f-use use_backend`}}),
	unbuilt(InProxies, []unbuiltGroup{{"Is described in the manual, chapter 4.2.", `
		filter filter-sequence guid redirect stick-table`}}),
)

func concat(tables ...Table) Table {
	var all Table
	for _, t := range tables {
		all = append(all, t...)
	}
	return all
}
