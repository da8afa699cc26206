// Package logs makes log lines and sends them (configuration manual, chapter 8
// and the keyword "log").
//
// A Format is compiled once from a log-format string or is one of the built-in
// ones; it appends the text of an Entry, which says all there is to say about a
// session, without allocating. An Output is what one proxy logs to: its
// formats, its tag and its Targets. A Target is one "log" line: facility,
// levels, length, sampling, message format and the endpoint behind it.
//
//	loop 1 ── Sink ──► lane (socket, lines of this turn) ──sendmmsg──► syslog
//	loop 2 ── Sink ──► lane ───────────────────────────────sendmmsg──►   "
//	others ── Logger (a Sink behind a mutex) ──────────────────────────►  "
//	                    all of them ──► file (mutex) ──write──► stdout, fd@
//
// Nothing here ever waits: what a slow receiver does not take is kept up to a
// fixed size and then lost and counted. A Hub holds what the process has in
// common and counts the losses.
package logs
