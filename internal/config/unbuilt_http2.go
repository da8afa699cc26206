package config

// unbuiltHTTP2Rows are the settings of HTTP/2 (manual 3).
var unbuiltHTTP2Rows = Table{
	unbuilt(InGlobal, "h2-workaround-bogus-websocket-clients", "", "Does not offer WebSocket over HTTP/2, so that clients use HTTP/1.1 for it."),
	unbuilt(InGlobal, "tune.h2.be.glitches-threshold", "<number>", "Sets after how many glitches an HTTP/2 connection to a server is closed."),
	unbuilt(InGlobal, "tune.h2.be.initial-window-size", "<number>", "Sets how much of a response body a server may send on a stream at first."),
	unbuilt(InGlobal, "tune.h2.be.max-concurrent-streams", "<number>", "Limits the concurrent streams of an HTTP/2 connection to a server."),
	unbuilt(InGlobal, "tune.h2.be.max-frames-at-once", "<number>", "Limits the frames of a server that are handled in a row."),
	unbuilt(InGlobal, "tune.h2.be.rxbuf", "<size>", "Sets how much an HTTP/2 connection to a server buffers for all of its streams."),
	unbuilt(InGlobal, "tune.h2.fe.glitches-threshold", "<number>", "Sets after how many glitches an HTTP/2 connection of a client is closed."),
	unbuilt(InGlobal, "tune.h2.fe.initial-window-size", "<number>", "Sets how much of a request body a client may send on a stream at first."),
	unbuilt(InGlobal, "tune.h2.fe.max-concurrent-streams", "<number> [<args>...]", "Limits the concurrent streams of an HTTP/2 connection of a client."),
	unbuilt(InGlobal, "tune.h2.fe.max-frames-at-once", "<number>", "Limits the frames of a client that are handled in a row."),
	unbuilt(InGlobal, "tune.h2.fe.max-rst-at-once", "<number>", "Limits the RST_STREAM frames of a client that are handled in a row."),
	unbuilt(InGlobal, "tune.h2.fe.max-total-streams", "<number>", "Sets after how many streams an HTTP/2 client is asked to connect anew."),
	unbuilt(InGlobal, "tune.h2.fe.rxbuf", "<size>", "Sets how much an HTTP/2 connection of a client buffers for all of its streams."),
	unbuilt(InGlobal, "tune.h2.header-table-size", "<number>", "Sets the size of the table by which header fields are compressed."),
	unbuilt(InGlobal, "tune.h2.initial-window-size", "<number>", "Sets the first window of streams on both sides, where neither side's own setting does."),
	unbuilt(InGlobal, "tune.h2.log-errors", "{ none | connection | stream }", "Sets which protocol errors are logged."),
	unbuilt(InGlobal, "tune.h2.max-concurrent-streams", "<number>", "Limits the concurrent streams on both sides, where neither side's own setting does."),
	unbuilt(InGlobal, "tune.h2.max-frame-size", "<number>", "Sets the largest HTTP/2 frame that is accepted."),
	unbuilt(InGlobal, "tune.h2.zero-copy-fwd-send", "{ on | off }", "Sets whether HTTP/2 contents are sent without a copy."),
}
