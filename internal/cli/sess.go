package cli

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// StreamFilter says which streams are shown, and how.
type StreamFilter struct {
	ID                uint64        // only this one; 0: any
	Older             time.Duration // only those of that age or more
	Backend, Frontend string        // only those attached to it; "": any
	Server            string        // likewise, of Backend
	Long, URI         bool
}

// Streams are what the process carries at the moment.
type Streams interface {
	// ShowStreams writes them; found is false when there was none.
	ShowStreams(w io.Writer, f StreamFilter) (found bool)
	// EndStream ends one; false: it is not there.
	EndStream(id uint64) bool
}

const sessUsage = `Usage: show sess [<id> | all | help] [<options>*]
Dumps active streams (formerly called 'sessions'). Available selectors:
   <id>         dump only this stream identifier (0x...)
   all          dump all matching streams in large format
   help         show this message
Available options: 
   show-uri     also display the transaction URI, if available
   older <age>  only display streams older than <age> seconds
   server <b/s> only show streams attached to this backend+server
   backend <b>  only show streams attached to this backend
   frontend <f> only show streams attached to this frontend
Without any argument, all streams are dumped in a shorter format.
`

// streams carries the commands.
type streams struct {
	Streams
	Backends
	operated
}

// streamCommands show and end streams (management guide 9.3, "show sess"), for who has
// some.
func streamCommands(of Worker) []line.Command {
	has, ok := of.(Streams)
	be, hasBackends := of.(Backends)
	op, hasFrontends := of.(Operated)
	srv, hasServers := of.(Servers)
	if !ok || !hasBackends || !hasFrontends || !hasServers {
		return nil
	}
	w := streams{has, be, operated{op, servers{srv}}}
	return []line.Command{
		{Words: []string{"show", "sess"}, Args: "[help|<id>|all] [opts...]", Help: "report the list of current streams or dump this exact stream",
			Level: line.LevelOperator, Worker: true, Run: w.show},
		{Words: []string{"shutdown", "session"}, Args: "[id]", Help: "kill a specific session", Level: line.LevelAdmin, Worker: true, Run: w.shutdown},
	}
}

func (w streams) shutdown(s *line.Session, args []string, _ []byte) {
	if len(args) == 0 {
		s.Err("Session pointer expected (use 'show sess').")
		return
	}
	if id, err := strconv.ParseUint(args[0], 0, 64); err != nil || id == 0 || !w.EndStream(id) {
		s.Err("No such session (use 'show sess').")
	}
}

func (w streams) show(s *line.Session, args []string, _ []byte) {
	var f StreamFilter
	if len(args) > 0 {
		switch id, err := strconv.ParseUint(args[0], 0, 64); {
		case err == nil:
			f.ID, f.Long, args = id, true, args[1:]
		case args[0] == "all":
			f.Long, args = true, args[1:]
		case args[0] == "help":
			s.Info(sessUsage)
			return
		}
	}
	args = slices.Clone(args)
	for len(args) > 0 {
		used, fault := w.option(&f, args[0], append(args[1:], "")[0])
		if fault != "" {
			s.Err(fault)
			return
		}
		args = args[used:]
	}
	if !w.ShowStreams(s, f) && f.ID != 0 {
		s.WriteString("Session not found.\n")
	}
}

// option reads an option and its argument; it returns how many words that were, or
// what is wrong.
func (w streams) option(f *StreamFilter, word, arg string) (used int, fault string) {
	switch word {
	case "show-uri":
		f.URI = true
		return 1, ""
	case "older":
		if arg == "" {
			return 0, "Expects a minimum age (in seconds by default)."
		}
		d, ok := streamAge(arg)
		if !ok {
			return 0, "Invalid age."
		}
		f.Older = d
	case "backend":
		switch {
		case arg == "":
			return 0, "Missing backend name."
		case w.Backend(arg) == nil:
			return 0, "No such backend."
		}
		f.Backend, f.Server = arg, ""
	case "frontend":
		switch {
		case arg == "":
			return 0, "Missing frontend name."
		case w.Frontend(arg) == nil:
			return 0, "No such frontend."
		}
		f.Frontend = arg
	case "server":
		backend, server, ok := strings.Cut(arg, "/")
		if !ok || backend == "" || server == "" {
			return 0, "Require 'backend/server'."
		}
		if _, err := w.Server(backend, server); err != nil {
			return 0, err.Error()
		}
		f.Backend, f.Server = backend, server
	default:
		return 0, "Unsupported option '" + word + "', try 'help' for more info."
	}
	return 2, ""
}

// streamAge reads an age, of seconds without a unit.
func streamAge(text string) (time.Duration, bool) {
	if text[len(text)-1] >= '0' && text[len(text)-1] <= '9' {
		text += "s"
	}
	return waitTime(text)
}
