package config

import "strings"

// unbuiltGlobalRows are the keywords of the global section (manual 3) that are
// known and not built yet.
var unbuiltGlobalRows = unbuilt(InGlobal, []unbuiltGroup{
	{"Sets up HTTP/1 settings.", `
		h1-accept-payload-with-any-method h1-case-adjust h1-case-adjust-file h1-do-not-close-on-insecure-transfer-encoding
		tune.h1.be.glitches-threshold tune.h1.fe.glitches-threshold tune.h1.zero-copy-fwd-recv tune.h1.zero-copy-fwd-send`},
	{"Sets whether the highest values of counters are kept.", `
		+stats+calculate-max-counters`},
	{"Sets up HTTP/2.", `
		h2-workaround-bogus-websocket-clients tune.h2.be.glitches-threshold tune.h2.be.initial-window-size
		tune.h2.be.max-concurrent-streams tune.h2.be.max-frames-at-once tune.h2.be.rxbuf tune.h2.fe.glitches-threshold
		tune.h2.fe.initial-window-size tune.h2.fe.max-concurrent-streams tune.h2.fe.max-frames-at-once
		tune.h2.fe.max-rst-at-once tune.h2.fe.max-total-streams tune.h2.fe.rxbuf tune.h2.header-table-size
		tune.h2.initial-window-size tune.h2.log-errors tune.h2.max-concurrent-streams tune.h2.max-frame-size
		tune.h2.zero-copy-fwd-send`},
	{"Sets up JWT.", `
		jwt.decrypt_alg_list jwt.decrypt_enc_list`},
	{"Sets up Lua.", `
		lua-load lua-load-per-thread lua-prepend-path tune.lua.bool-sample-conversion tune.lua.burst-timeout
		tune.lua.forced-yield tune.lua.log.loggers tune.lua.log.stderr tune.lua.maxmem tune.lua.openlibs
		tune.lua.service-timeout tune.lua.session-timeout tune.lua.task-timeout`},
	{"Sets up QUIC.", `
		limited-quic no-quic tune.quic.be.cc.cubic-min-losses tune.quic.be.cc.hystart tune.quic.be.cc.max-frame-loss
		tune.quic.be.cc.max-win-size tune.quic.be.cc.reorder-ratio tune.quic.be.max-idle-timeout
		tune.quic.be.sec.glitches-threshold tune.quic.be.stream.data-ratio tune.quic.be.stream.max-concurrent
		tune.quic.be.stream.rxbuf tune.quic.be.tx.pacing tune.quic.be.tx.udp-gso tune.quic.cc-hystart
		tune.quic.cc.cubic.min-losses tune.quic.disable-tx-pacing tune.quic.disable-udp-gso tune.quic.fe.cc.cubic-min-losses
		tune.quic.fe.cc.hystart tune.quic.fe.cc.max-frame-loss tune.quic.fe.cc.max-win-size tune.quic.fe.cc.reorder-ratio
		tune.quic.fe.max-idle-timeout tune.quic.fe.sec.glitches-threshold tune.quic.fe.sec.retry-threshold
		tune.quic.fe.sock-per-conn tune.quic.fe.stream.data-ratio tune.quic.fe.stream.max-concurrent
		tune.quic.fe.stream.max-total tune.quic.fe.stream.rxbuf tune.quic.fe.tx.pacing tune.quic.fe.tx.udp-gso
		tune.quic.frontend.default-max-window-size tune.quic.frontend.max-data-size tune.quic.frontend.max-idle-timeout
		tune.quic.frontend.max-streams-bidi tune.quic.frontend.max-tx-mem tune.quic.frontend.stream-data-ratio
		tune.quic.listen tune.quic.max-frame-loss tune.quic.mem.tx-max tune.quic.reorder-ratio tune.quic.retry-threshold
		tune.quic.socket-owner tune.quic.zero-copy-fwd-send`},
	{"Sets up TLS.", `
		ocsp-update.disable ocsp-update.httpproxy ocsp-update.maxdelay ocsp-update.mindelay ocsp-update.mode ssl-engine
		ssl-mode-async ssl-passphrase-cmd ssl-propquery ssl-provider ssl-provider-path ssl-security-level
		tune.ssl.capture-cipherlist-size tune.ssl.certificate-compression tune.ssl.keyupdate-rate-limit
		tune.ssl.ocsp-update.maxdelay tune.ssl.ocsp-update.mindelay`},
	{"Sets up certificate enrolment.", `
		acme.scheduler`},
	{"Sets up compression.", `
		maxcompcpuusage maxcomprate maxzlibmem tune.comp.maxlevel tune.zlib.memlevel tune.zlib.windowsize`},
	{"Sets up device detection.", `
		51degrees-allow-unmatched 51degrees-cache-size 51degrees-data-file 51degrees-difference 51degrees-drift
		51degrees-property-name-list 51degrees-property-separator 51degrees-use-performance-graph
		51degrees-use-predictive-graph deviceatlas-json-file deviceatlas-log-level deviceatlas-properties-cookie
		deviceatlas-separator wurfl-cache-size wurfl-data-file wurfl-information-list wurfl-information-list-separator`},
	{"Sets up external checks.", `
		external-check`},
	{"Sets up peers.", `
		cluster-secret tune.peers.max-updates-at-once`},
	{"Sets up performance tuning.", `
		tune.bufsize.large tune.bufsize.small tune.fd.tables tune.http.cookielen tune.listener.default-shards
		tune.stick-counters`},
	{"Sets up process settings.", `
		anonkey debug.counters dns-accept-family force-cfg-parser-pause harden.reject-privileged-ports.quic http-err-codes
		http-fail-codes max-spread-checks pp2-never-send-local`},
	{"Sets up ring buffers.", `
		tune.ring.queues`},
	{"Sets up server state files.", `
		server-state-base server-state-file`},
	{"Sets up statistics files.", `
		shm-stats-file shm-stats-file-max-objects stats-file`},
	{"Sets up the HTTP client.", `
		httpclient.resolvers.disabled httpclient.resolvers.id httpclient.resolvers.prefer httpclient.retries
		httpclient.ssl.ca-file httpclient.ssl.verify httpclient.timeout.connect`},
	{"Sets up variables.", `
		set-var set-var-fmt tune.vars.check-max-size tune.vars.global-max-size tune.vars.proc-max-size
		tune.vars.reqres-max-size tune.vars.sess-max-size tune.vars.txn-max-size`},
})

// unbuiltGroup is a sentence of documentation and the names it holds for; a
// name of several words is written with a "+" before each.
type unbuiltGroup struct{ doc, names string }

// unbuilt makes rows without a parse function: using one fails by name.
func unbuilt(in Sections, groups []unbuiltGroup) Table {
	var t Table
	for _, g := range groups {
		for _, n := range strings.Fields(g.names) {
			if rest, ok := strings.CutPrefix(n, "+"); ok {
				n = strings.ReplaceAll(rest, "+", " ")
			}
			t = append(t, Keyword{Name: n, In: in, Max: -1, No: true, Default: true, Doc: g.doc})
		}
	}
	return t
}
