package cli

import (
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/config"
)

// ServerLife lets servers come and go. Nothing else may read the servers during
// AddServer and DeleteServer.
type ServerLife interface {
	// AddServer adds a server of an address and options; notes are remarks about it.
	AddServer(backend, name string, words []string) (notes []string, fault string)
	// DeleteServer deletes one, if nothing uses it.
	DeleteServer(backend, server string) (fault string)
	// ServerRemovable says what keeps a server from being deleted; with final that
	// will not pass by itself. Idle connections to it are closed.
	ServerRemovable(backend, server string) (fault string, final bool)
}

// serverLife carries the commands.
type serverLife struct {
	ServerLife
	servers
}

// serverLifeCommands let servers come and go (management guide 9.3, "add server"), for
// who allows that.
func serverLifeCommands(of Worker) []line.Command {
	has, ok := of.(ServerLife)
	srv, also := of.(Servers)
	if !ok || !also {
		return nil
	}
	w := serverLife{has, servers{srv}}
	return []line.Command{
		{Words: []string{"add", "server"}, Args: "<bk>/<srv>", Help: "create a new server", Level: line.LevelAdmin, Worker: true, Free: true, Run: w.add},
		{Words: []string{"del", "server"}, Args: "<bk>/<srv>", Help: "remove a dynamically added server", Level: line.LevelAdmin, Worker: true, Free: true, Run: w.delete},
		{Words: []string{"wait"}, Args: "{-h|<delay_ms>} cond [args...]", Help: "wait the specified delay or condition (-h to see list)", Level: line.LevelAdmin, Worker: true, Free: true, Run: w.wait},
	}
}

// cutServer takes "<backend>/<server>" apart; the server may have more slashes.
func cutServer(s *line.Session, args []string) (backend, server string, ok bool) {
	backend, server, ok = strings.Cut(append(slices.Clone(args), "")[0], "/")
	if ok = ok && backend != "" && server != ""; !ok {
		s.Err("Require 'backend/server'.")
	}
	return backend, server, ok
}

func (w serverLife) add(s *line.Session, args []string, _ []byte) {
	if len(args) > 0 && args[0] == "help" {
		s.WriteString("List of keywords supported for dynamic server:\n")
		for _, word := range config.DynamicServerWords() {
			s.WriteString(word + "\n")
		}
		return
	}
	backend, name, ok := cutServer(s, args)
	if !ok {
		return
	}
	w.alone(s, func() {
		notes, fault := w.AddServer(backend, name, args[1:])
		if fault != "" {
			s.Err(fault)
			return
		}
		s.Info(strings.Join(append(notes, "New server registered."), "\n"))
	})
}

func (w serverLife) delete(s *line.Session, args []string, _ []byte) {
	backend, server, ok := cutServer(s, args)
	if !ok {
		return
	}
	w.alone(s, func() {
		if fault := w.DeleteServer(backend, server); fault != "" {
			s.Err(fault)
			return
		}
		s.Info("Server deleted.")
	})
}
