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
	// Fqdn and TLS say why the name to resolve, and the encryption, cannot be
	// changed.
	Fqdn(name string) string
	TLS(word string) string
	// Move changes the address, and the port if there is one: a number, after "+" or
	// "-" one relative to the port that clients connected to. It returns what became
	// of that. Nothing else may read the servers meanwhile.
	Move(addr string, port *string) (message string)
	// Rename changes the name; likewise.
	Rename(name string) (fault string)
}

// Servers finds servers and shows their state.
type Servers interface {
	// Steady runs f while the servers stay what they are, Alone while nothing else
	// reads them; false: others were too busy, and f was not run.
	Steady(f func())
	Alone(f func()) bool
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
	set  func(srv Server, args []string) string
	// run is for those that answer also when nothing is wrong; they run alone.
	run func(s *line.Session, srv Server, args []string)
}

// serverSettings are in the order of the usage.
var serverSettings = []serverSetting{
	{word: "addr", run: func(s *line.Session, srv Server, a []string) {
		if a[0] == "" {
			s.Err("set server <b>/<s> addr requires an address and optionally a port.")
			return
		}
		var port *string
		if a[1] == "port" {
			port = &a[2]
		}
		s.Message(line.SeverityWarning, srv.Move(a[0], port))
	}},
	{word: "agent", set: func(srv Server, a []string) string { return srv.SetAgent(a[0]) }},
	{word: "agent-addr", set: func(srv Server, a []string) string {
		if a[0] == "" {
			return "set server <b>/<s> agent-addr requires an address and optionally a port."
		}
		return withPort(a, srv.SetAgentAddr, srv.SetAgentPort)
	}},
	{word: "agent-port", set: func(srv Server, a []string) string {
		if a[0] == "" {
			return "set server <b>/<s> agent-port requires a port."
		}
		return srv.SetAgentPort(a[0])
	}},
	{word: "agent-send", set: func(srv Server, a []string) string { return srv.SetAgentSend(a[0]) }},
	{word: "check-addr", set: func(srv Server, a []string) string {
		if a[0] == "" {
			return "set server <b>/<s> check-addr requires an address and optionally a port."
		}
		return withPort(a, srv.SetCheckAddr, srv.SetCheckPort)
	}},
	{word: "check-port", set: func(srv Server, a []string) string {
		if a[0] == "" {
			return "set server <b>/<s> check-port requires a port."
		}
		return srv.SetCheckPort(a[0])
	}},
	{word: "fqdn", set: func(srv Server, a []string) string {
		if a[0] == "" {
			return "set server <b>/<s> fqdn requires a FQDN."
		}
		return srv.Fqdn(a[0])
	}},
	{word: "health", set: func(srv Server, a []string) string { return srv.SetHealth(a[0]) }},
	{word: "name", run: func(s *line.Session, srv Server, a []string) {
		fault := "set server <b>/<s> name requires a new name."
		if a[0] != "" {
			fault = srv.Rename(a[0])
		}
		if fault != "" {
			s.Err(fault)
			return
		}
		s.Message(line.SeverityNotice, "Server name updated.")
	}},
	{word: "ssl", set: func(srv Server, a []string) string { return srv.TLS(a[0]) }},
	{word: "state", set: func(srv Server, a []string) string {
		if !srv.SetState(a[0]) {
			return "'set server <srv> state' expects 'ready', 'drain' and 'maint'."
		}
		return ""
	}},
	{word: "weight", set: func(srv Server, a []string) string { return srv.SetWeight(a[0]) }},
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
	enable := func(name, args, help string, run func(s *line.Session, srv Server)) line.Command {
		return line.Command{Words: strings.Fields(name), Args: args, Help: help, Level: line.LevelAdmin, Worker: true,
			Run: func(s *line.Session, args []string, _ []byte) {
				if srv := w.server(s, args); srv != nil {
					run(s, srv)
				}
			}}
	}
	return []line.Command{
		enable("disable agent", "", "disable agent checks", func(_ *line.Session, srv Server) { srv.EnableAgent(false) }),
		enable("disable health", "", "disable health checks", func(_ *line.Session, srv Server) { srv.EnableCheck(false) }),
		enable("disable server", "(DEPRECATED)", "disable a server for maintenance (use 'set server' instead)", func(_ *line.Session, srv Server) { srv.SetState("maint") }),
		enable("enable agent", "", "enable agent checks", func(s *line.Session, srv Server) {
			if !srv.EnableAgent(true) {
				s.Err("Agent was not configured on this server, cannot enable.")
			}
		}),
		enable("enable health", "", "enable health checks", func(s *line.Session, srv Server) {
			if !srv.EnableCheck(true) {
				s.Err("Health check was not configured on this server, cannot enable.")
			}
		}),
		enable("enable server", " (DEPRECATED)", "enable a disabled server (use 'set server' instead)", func(_ *line.Session, srv Server) { srv.SetState("ready") }),
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
		{Words: []string{"set", "server"}, Args: "<bk>/<srv> [opts]", Help: "change a server's state, weight, address, name or ssl", Level: line.LevelAdmin, Worker: true, Free: true, Run: w.setServer},
		{Words: []string{"show", "servers", "conn"}, Args: "[<backend>]", Help: "dump server connections status (all or for a single backend)", Worker: true,
			Run: func(s *line.Session, args []string, _ []byte) { showServers(s, args, w.ServerConns) }},
		{Words: []string{"show", "servers", "state"}, Args: "[<backend>]", Help: "dump volatile server information (all or for a single backend)", Worker: true, Run: w.showServersState},
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
	padded := append(slices.Clone(args), "", "", "", "")
	var usage []string
	for _, x := range serverSettings {
		usage = append(usage, x.word)
		if x.word != padded[1] {
			continue
		}
		if x.run != nil {
			w.alone(s, func() {
				if srv := w.server(s, args); srv != nil {
					x.run(s, srv, padded[2:])
				}
			})
			return
		}
		w.Steady(func() {
			if srv := w.server(s, args); srv != nil {
				if text := x.set(srv, padded[2:]); text != "" {
					s.Err(text)
				}
			}
		})
		return
	}
	w.Steady(func() {
		if w.server(s, args) != nil {
			s.Err("usage: set server <backend>/<server> " + strings.Join(usage, " | "))
		}
	})
}

// alone runs what changes the servers that other commands read.
func (w servers) alone(s *line.Session, f func()) {
	if !w.Alone(f) {
		s.Err("Another command is still under way, try again.")
	}
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
