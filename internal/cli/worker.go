// Package cli is the runtime API of a worker: the commands of its stats sockets, and of the sessions that the master
// hands over (management guide 9.3). The grammar is that of package line; what a command shows comes from the worker
// through the functions and interfaces of Worker, so that every command is tested without a running proxy.
//
// A command that the reference has and Sluice has not is simply unknown here; an argument that is not built yet is
// refused by name.
package cli

import (
	"strings"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/stats"
)

// Worker is what the commands ask. Its functions may be called by several sessions at once.
type Worker struct {
	// Version is what "show version" says.
	Version string
	// Info fills in the process's figures.
	Info func() stats.Info
	// Stats are the counters; ProxyID finds a proxy by name.
	Stats   stats.Source
	ProxyID func(name string) (id int, ok bool)
	// Env is the environment as it is now, in the form NAME=value.
	Env func() []string
	// Sockets lists the addresses that serve this API.
	Sockets func() []Socket
	// StartupLogs is what the process logged while it started, one message a line.
	StartupLogs func() string
}

// Socket is an address of the runtime API: "unix@/run/x.sock", "ipv4@127.0.0.1:9999", "sockpair@5".
type Socket struct {
	Address string
	Level   line.Level
}

// Commands returns the table of a worker's runtime API.
func Commands(w *Worker) line.Table {
	return append(line.Common(),
		line.Command{Words: []string{"show", "cli", "sockets"}, Help: "dump list of cli sockets", Worker: true, Run: w.showSockets},
		line.Command{Words: []string{"show", "env"}, Args: "[var]", Help: "dump environment variables known to the process",
			Level: line.LevelOperator, Worker: true, Run: w.showEnv},
		line.Command{Words: []string{"show", "info"}, Help: "report information about the running process", Worker: true, Run: w.showInfo},
		line.Command{Words: []string{"show", "startup-logs"}, Help: "report logs emitted during HAProxy startup",
			Level: line.LevelOperator, Worker: true, Run: w.showStartupLogs},
		line.Command{Words: []string{"show", "stat"}, Args: "[no-maint|up]*", Help: "report counters for each proxy and server", Worker: true, Run: w.showStat},
		line.Command{Words: []string{"show", "version"}, Help: "show version of the current process", Worker: true, Run: w.showVersion},
	)
}

func (w *Worker) showVersion(s *line.Session, _ []string, _ []byte) { s.Info(w.Version) }

func (w *Worker) showSockets(s *line.Session, _ []string, _ []byte) {
	s.WriteString("# socket lvl processes\n")
	for _, k := range w.Sockets() {
		s.Printf("%s %s all\n", k.Address, k.Level)
	}
}

func (w *Worker) showEnv(s *line.Session, args []string, _ []byte) {
	for _, kv := range w.Env() {
		if len(args) > 0 {
			if strings.HasPrefix(kv, args[0]+"=") {
				writeLines(s, kv)
				return
			}
			continue
		}
		writeLines(s, kv)
	}
	if len(args) > 0 {
		s.Err("Variable not found")
	}
}

func (w *Worker) showStartupLogs(s *line.Session, _ []string, _ []byte) {
	if logs := w.StartupLogs(); logs != "" {
		writeLines(s, logs)
	}
}

// writeLines writes a text without its empty lines: one of those would end the answer.
func writeLines(s *line.Session, text string) {
	for l := range strings.SplitSeq(text, "\n") {
		if l != "" {
			s.WriteString(l)
			s.WriteString("\n")
		}
	}
}

func (w *Worker) showInfo(s *line.Session, args []string, _ []byte) {
	if refuse(s, "show info", args, "desc", "json", "typed", "float") {
		return
	}
	i := w.Info()
	i.Write(s) // an error of the connection shows at the next read
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
