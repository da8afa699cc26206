// Package cli is the runtime API of a worker: the commands of its stats sockets, and of the sessions that the master
// hands over (management guide 9.3). The grammar is that of package line; what a command shows comes from the worker
// through one interface, so that every command is tested without a running proxy.
//
// A command that the reference has and Sluice has not is simply unknown here; an argument that is not built yet is
// refused by name.
package cli

import (
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/stats"
	"github.com/sluice-proxy/sluice/internal/version"
)

// Worker is what the commands ask. Several sessions may call it at once.
type Worker interface {
	// Info returns the process's figures.
	Info() stats.Info
	// Rows hands out the counters.
	stats.Source
	// ProxyID finds a proxy by name.
	ProxyID(name string) (id int, ok bool)
	// Env is the environment as it is now, in the form NAME=value.
	Env() []string
	// Sockets lists the addresses that serve this API.
	Sockets() []Socket
	// StartupLogs is what the process logged while it started, one message a line.
	StartupLogs() string
}

// Socket is an address of the runtime API: "unix@/run/x.sock", "ipv4@127.0.0.1:9999", "sockpair@5".
type Socket struct {
	Address string
	Level   line.Level
}

// worker carries the commands.
type worker struct{ Worker }

// Table returns the commands of a worker's runtime API.
func Table(of Worker) line.Table {
	w := worker{of}
	return append(slices.Concat(line.Common(), serverCommands(of), serverLifeCommands(of), backendCommands(of), operateCommands(of), eventCommands(), streamCommands(of), invalidCommands(of)),
		line.Command{Words: []string{"show", "cli", "sockets"}, Help: "dump list of cli sockets", Worker: true, Run: w.showSockets},
		line.Command{Words: []string{"show", "env"}, Args: "[var]", Help: "dump environment variables known to the process",
			Level: line.LevelOperator, Worker: true, Run: w.showEnv},
		line.Command{Words: []string{"show", "info"}, Args: "[desc|json|typed|float]*", Help: "report information about the running process", Worker: true, Run: w.showInfo},
		line.Command{Words: []string{"show", "schema", "json"}, Help: "report schema used for stats", Worker: true,
			Run: func(s *line.Session, _ []string, _ []byte) { s.WriteString(stats.Schema) }},
		line.Command{Words: []string{"show", "startup-logs"}, Help: "report logs emitted during HAProxy startup",
			Level: line.LevelOperator, Worker: true, Run: w.showStartupLogs},
		line.Command{Words: []string{"show", "stat"}, Args: "[desc|json|no-maint|typed|up]*", Help: "report counters for each proxy and server", Worker: true, Run: w.showStat},
		line.Command{Words: []string{"show", "version"}, Help: "show version of the current process", Worker: true, Run: w.showVersion},
	)
}

func (worker) showVersion(s *line.Session, _ []string, _ []byte) { s.Info(version.String) }

func (w worker) showSockets(s *line.Session, _ []string, _ []byte) {
	s.WriteString("# socket lvl processes\n")
	for _, k := range w.Sockets() {
		s.Printf("%s %s all\n", k.Address, k.Level)
	}
}

func (w worker) showEnv(s *line.Session, args []string, _ []byte) {
	for _, kv := range w.Env() {
		if len(args) > 0 {
			if strings.HasPrefix(kv, args[0]+"=") {
				s.WriteLines(kv)
				return
			}
			continue
		}
		s.WriteLines(kv)
	}
	if len(args) > 0 {
		s.Err("Variable not found")
	}
}

func (w worker) showStartupLogs(s *line.Session, _ []string, _ []byte) {
	s.WriteLines(w.StartupLogs())
}

func (w worker) showInfo(s *line.Session, args []string, _ []byte) {
	i := w.Info()
	i.Write(s, form(args)) // an error of the connection shows at the next read
}

// refuse answers when one of the words that are not built yet is among the arguments.
func refuse(s *line.Session, command string, args []string, words ...string) bool {
	for _, a := range args {
		for _, word := range words {
			if a == word {
				s.Err("'" + command + "' does not support '" + word + "' yet.")
				return true
			}
		}
	}
	return false
}
