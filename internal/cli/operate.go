package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// Operated is a process whose frontends, limits and counters can be changed.
type Operated interface {
	// Frontend finds a frontend by its name or "#" and its number; nil: there is none.
	Frontend(name string) Frontend
	// MaxServerConn sets "maxconn" of a server, which is there.
	MaxServerConn(backend, server string, n int64)
	// ShutdownSessions ends the streams of a server, which is there.
	ShutdownSessions(backend, server string)
	// SetMaxConn sets the limit of the process, 0: the one it was started with. False: n
	// is above that.
	SetMaxConn(n int64) bool
	// SetConnRate and SetSessRate limit what comes in a second; 0: no limit.
	SetConnRate(n int64)
	SetSessRate(n int64)
	// ClearCounters forgets the highest values, or everything that was counted.
	ClearCounters(all bool)
	// ClearServer forgets everything that was counted of a server, which is there.
	ClearServer(backend, server string)
}

// Frontend is what commands about one frontend act on.
type Frontend interface {
	// Enable accepts again (true), or refuses connections. The text says what is wrong; "" is
	// done.
	Enable(on bool) string
	SetMaxConn(n int64)
}

// operated carries the commands.
type operated struct {
	Operated
	servers
}

// operateCommands are those that change limits and counters (management guide 9.3).
func operateCommands(of Worker) []line.Command {
	has, ok := of.(Operated)
	srv, also := of.(Servers)
	if !ok || !also {
		return nil
	}
	w := operated{has, servers{srv}}
	row := func(name, args, help string, run func(s *line.Session, args []string)) line.Command {
		return line.Command{Words: strings.Fields(name), Args: args, Help: help, Level: line.LevelAdmin, Worker: true,
			Run: func(s *line.Session, args []string, _ []byte) { run(s, append(slices.Clone(args), "", "", "")) }}
	}
	clear := row("clear counters", "[all|server <bk>/<srv> [force]] ", "clear max statistics counters (or all, or one server's)", func(*line.Session, []string) { w.ClearCounters(false) })
	clear.Level = line.LevelOperator
	clearAll := row("clear counters all", "", "clear all statistics counters", func(*line.Session, []string) { w.ClearCounters(true) })
	clearAll.Hidden = true // the row before tells of it
	clearServer := row("clear counters server", "", "", func(s *line.Session, args []string) {
		if w.server(s, args) != nil {
			backend, server, _ := strings.Cut(args[0], "/")
			w.ClearServer(backend, server)
			s.Message(line.SeverityNotice, "Server counters cleared.")
		}
	})
	clearServer.Hidden = true
	return []line.Command{
		clear, clearAll, clearServer,
		row("disable frontend", "<frontend>", "temporarily disable specific frontend", func(s *line.Session, args []string) { w.enable(s, args[0], false) }),
		row("enable frontend", "<frontend>", "re-enable specific frontend", func(s *line.Session, args []string) { w.enable(s, args[0], true) }),
		row("set maxconn frontend", "<frontend> <value>", "change a frontend's maxconn setting", w.frontendMaxConn),
		row("set maxconn global", "<value>", "change the per-process maxconn setting", w.maxConn),
		row("set maxconn server", "<bk>/<srv>", "change a server's maxconn setting", w.serverMaxConn),
		row("set rate-limit", "<setting> <value>", "change a rate limiting value", w.rateLimit),
		row("shutdown sessions server", "<bk>/<srv>", "kill sessions on a server", func(s *line.Session, args []string) {
			if w.server(s, args) != nil {
				backend, server, _ := strings.Cut(args[0], "/")
				w.ShutdownSessions(backend, server)
			}
		}),
	}
}

// frontend finds the one that is named, and reports when there is none.
func (w operated) frontend(s *line.Session, name string) Frontend {
	if name == "" {
		s.Err("A frontend name is expected.")
		return nil
	}
	fe := w.Frontend(name)
	if fe == nil {
		s.Err("No such frontend.")
	}
	return fe
}

func (w operated) enable(s *line.Session, name string, on bool) {
	if fe := w.frontend(s, name); fe != nil {
		if text := fe.Enable(on); text != "" {
			s.Err(text)
		}
	}
}

func (w operated) frontendMaxConn(s *line.Session, args []string) {
	fe := w.frontend(s, args[0])
	if fe == nil {
		return
	}
	if n, ok := w.value(s, args[1], "Integer value expected."); ok {
		fe.SetMaxConn(n)
	}
}

func (w operated) maxConn(s *line.Session, args []string) {
	if n, ok := w.value(s, args[0], "Expects an integer value."); ok && !w.SetMaxConn(n) {
		s.Err("Value out of range.")
	}
}

func (w operated) serverMaxConn(s *line.Session, args []string) {
	if w.server(s, args) == nil {
		return
	}
	n, err := strconv.ParseInt(args[1], 10, 32)
	switch {
	case args[1] == "":
		s.Err("Require <maxconn>.")
	case err != nil || n < 0:
		s.Err("maxconn string empty or preceded by garbage")
	default:
		backend, server, _ := strings.Cut(args[0], "/")
		w.MaxServerConn(backend, server, n)
	}
}

func (w operated) rateLimit(s *line.Session, args []string) {
	set := map[string]func(int64){"connections": w.SetConnRate, "sessions": w.SetSessRate}[args[0]]
	known := set != nil || args[0] == "ssl-sessions" || args[0] == "http-compression"
	switch {
	case !known || args[1] != "global":
		s.Err("'set rate-limit' only supports :\n" +
			"   - 'connections global' to set the per-process maximum connection rate\n" +
			"   - 'sessions global' to set the per-process maximum session rate\n" +
			"   - 'ssl-sessions global' to set the per-process maximum SSL session rate\n" +
			"   - 'http-compression global' to set the per-process maximum compression speed in kB/s")
	case set == nil:
		s.Err("'set rate-limit' does not support '" + args[0] + "' yet.")
	default:
		if n, ok := w.value(s, args[2], "Expects an integer value."); ok {
			set(n)
		}
	}
}

// value reads a limit, 0 or more. What is no number is refused, where the reference
// reads 0, and with that would take a frontend out of service.
func (w operated) value(s *line.Session, text, missing string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 32)
	switch {
	case text == "" || err != nil && !strings.Contains(err.Error(), "out of range"):
		s.Err(missing)
	case err != nil || n < 0:
		s.Err("Value out of range.")
	default:
		return n, true
	}
	return 0, false
}
