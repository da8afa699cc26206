package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// Server is what the commands about one server act on. Methods that return a text
// say what is wrong; "" is done.
type Server interface {
	SetState(word string) bool    // ready, drain, maint
	SetHealth(word string) string // up, stopping, down
	SetAgent(word string) string  // up, down
	EnableCheck(on bool) bool     // false: there are none
	EnableAgent(on bool) bool     // likewise
	SetCheckAddr(text string) string
	SetCheckPort(text string) string
	SetAgentAddr(text string) string
	SetAgentPort(text string) string
	SetAgentSend(text string) string
	SetWeight(text string) string
	Weight() (now, initial int)
}

// Servers finds servers and shows their state.
type Servers interface {
	// Server finds a server; the error is in the reference's words.
	Server(backend, server string) (Server, error)
	// ServerStates writes the lines of "show servers state" of one backend, or of
	// all for ""; false: there is no such backend.
	ServerStates(w io.Writer, backend string) bool
	// ServerConns is the same for "show servers conn".
	ServerConns(w io.Writer, backend string) bool
}

// serverSetting is a word after "set server <backend>/<server>".
type serverSetting struct {
	word string
	set  func(srv Server, args []string) string // nil: not built yet
}

// serverSettings are in the order of the usage.
var serverSettings = []serverSetting{
	{"addr", nil},
	{"agent", func(srv Server, a []string) string { return srv.SetAgent(a[0]) }},
	{"agent-addr", func(srv Server, a []string) string {
		if a[0] == "" {
			return "set server <b>/<s> agent-addr requires an address and optionally a port."
		}
		return withPort(a, srv.SetAgentAddr, srv.SetAgentPort)
	}},
	{"agent-port", func(srv Server, a []string) string {
		if a[0] == "" {
			return "set server <b>/<s> agent-port requires a port."
		}
		return srv.SetAgentPort(a[0])
	}},
	{"agent-send", func(srv Server, a []string) string { return srv.SetAgentSend(a[0]) }},
	{"check-addr", func(srv Server, a []string) string {
		if a[0] == "" {
			return "set server <b>/<s> check-addr requires an address and optionally a port."
		}
		return withPort(a, srv.SetCheckAddr, srv.SetCheckPort)
	}},
	{"check-port", func(srv Server, a []string) string {
		if a[0] == "" {
			return "set server <b>/<s> check-port requires a port."
		}
		return srv.SetCheckPort(a[0])
	}},
	{"fqdn", nil},
	{"health", func(srv Server, a []string) string { return srv.SetHealth(a[0]) }},
	{"name", nil},
	{"ssl", nil},
	{"state", func(srv Server, a []string) string {
		if !srv.SetState(a[0]) {
			return "'set server <srv> state' expects 'ready', 'drain' and 'maint'."
		}
		return ""
	}},
	{"weight", func(srv Server, a []string) string { return srv.SetWeight(a[0]) }},
}

// withPort is "<addr> [port <port>]".
func withPort(a []string, addr, port func(string) string) string {
	text := addr(a[0])
	if text == "" && a[1] == "port" {
		text = port(a[2])
	}
	return text
}

// servers carries the commands about servers.
type servers struct{ Servers }

// serverCommands are those about servers, for who has some.
func serverCommands(of Worker) []line.Command {
	has, ok := of.(Servers)
	if !ok {
		return nil
	}
	w := servers{has}
	enable := func(name, help string, run func(s *line.Session, srv Server)) line.Command {
		return line.Command{Words: strings.Fields(name), Args: "<backend>/<server>", Help: help, Level: line.LevelAdmin, Worker: true,
			Run: func(s *line.Session, args []string, _ []byte) {
				if srv := w.server(s, args); srv != nil {
					run(s, srv)
				}
			}}
	}
	return []line.Command{
		enable("disable agent", "disable agent checks", func(_ *line.Session, srv Server) { srv.EnableAgent(false) }),
		enable("disable health", "disable health checks", func(_ *line.Session, srv Server) { srv.EnableCheck(false) }),
		enable("disable server", "disable a server for maintenance (use 'set server' instead)", func(_ *line.Session, srv Server) { srv.SetState("maint") }),
		enable("enable agent", "enable agent checks", func(s *line.Session, srv Server) {
			if !srv.EnableAgent(true) {
				s.Err("Agent was not configured on this server, cannot enable.")
			}
		}),
		enable("enable health", "enable health checks", func(s *line.Session, srv Server) {
			if !srv.EnableCheck(true) {
				s.Err("Health check was not configured on this server, cannot enable.")
			}
		}),
		enable("enable server", "enable a disabled server (use 'set server' instead)", func(_ *line.Session, srv Server) { srv.SetState("ready") }),
		{Words: []string{"get", "weight"}, Args: "<bk>/<srv>", Help: "report a server's current weight", Worker: true,
			Run: func(s *line.Session, args []string, _ []byte) {
				if srv := w.server(s, args); srv != nil {
					now, initial := srv.Weight()
					fmt.Fprintf(s, "%d (initial %d)\n", now, initial)
				}
			}},
		{Words: []string{"set", "weight"}, Args: "<bk>/<srv>  (DEPRECATED)", Help: "change a server's weight (use 'set server' instead)", Level: line.LevelAdmin, Worker: true,
			Run: func(s *line.Session, args []string, _ []byte) {
				if srv := w.server(s, args); srv != nil {
					if text := srv.SetWeight(append(slices.Clone(args), "", "")[1]); text != "" {
						s.Err(text)
					}
				}
			}},
		{Words: []string{"set", "server"}, Args: "<backend>/<server> [opts]", Help: "change a server's state or checks", Level: line.LevelAdmin, Worker: true, Run: w.setServer},
		{Words: []string{"show", "servers", "conn"}, Args: "[<backend>]", Help: "dump server connections status (all or for a single backend)", Worker: true,
			Run: func(s *line.Session, args []string, _ []byte) { showServers(s, args, w.ServerConns) }},
		{Words: []string{"show", "servers", "state"}, Args: "[<backend>]", Help: "dump volatile server information", Worker: true, Run: w.showServersState},
	}
}

// server finds the one that the first argument names, and reports when there is
// none.
func (w servers) server(s *line.Session, args []string) Server {
	name := append(slices.Clone(args), "")[0]
	backend, server, ok := strings.Cut(name, "/")
	if !ok || backend == "" || server == "" {
		s.Err("Require 'backend/server'.")
		return nil
	}
	srv, err := w.Server(backend, server)
	if err != nil {
		s.Err(err.Error())
		return nil
	}
	return srv
}

func (w servers) setServer(s *line.Session, args []string, _ []byte) {
	srv := w.server(s, args)
	if srv == nil {
		return
	}
	args = append(slices.Clone(args[1:]), "", "", "")
	var usage []string
	for _, x := range serverSettings {
		usage = append(usage, x.word)
		switch {
		case x.word != args[0]:
		case x.set == nil:
			s.Err("'set server' does not support '" + x.word + "' yet.")
			return
		default:
			if text := x.set(srv, args[1:]); text != "" {
				s.Err(text)
			}
			return
		}
	}
	s.Err("usage: set server <backend>/<server> " + strings.Join(usage, " | "))
}

func (w servers) showServersState(s *line.Session, args []string, _ []byte) {
	showServers(s, args, w.ServerStates)
}

// showServers shows something of the servers of a backend, or of all.
func showServers(s *line.Session, args []string, show func(w io.Writer, backend string) bool) {
	if !show(s, append(slices.Clone(args), "")[0]) {
		s.Err("Can't find backend.")
	}
}
