// Package line is the grammar of the runtime API: how bytes become commands, and how answers are framed, for the
// worker's stats socket as well as for the master CLI (management guide 9.3 and 9.4).
//
//	bytes ─► lines (LF, "\LF" continues) ─► commands (";", "\;") ─► words (blanks, "\x") ─► row of a Table ─► Run
//	                      └─ "<<PATTERN" at the end of a line: the lines up to PATTERN are its payload
//
// A Session is one client. Serve reads, executes one command at a time and returns when the conversation is over:
//
//	        first line              later lines
//	single     run ──────────────► hang up          (a stats socket; the default)
//	silent     run, wait ────────► run, wait        ("prompt i"; the master CLI)
//	prompted   run, "> ", wait ──► run, "> ", wait  ("prompt p")
//
// Every answer ends with an empty line. A line holds at most MaxLine bytes, a payload MaxPayload, a command 64 words,
// and a client that stays silent, or does not read, for the idle time-out is dropped: the memory of a session is bounded.
//
// An error concerns one command: those behind it on the line, and the lines behind it, are executed. (The reference's
// master drops what it has received, and then forgets that the client has closed its half.) Here a client that closes its
// half gets the answers to all complete lines, and then the end.
//
// On the master (Config.Router set) a command may begin with a prefix such as "@1" and then goes to another process; the
// commands that only change the session ("prompt", "operator", "expert-mode", ...) are executed by the session itself
// and answer nothing.
package line
