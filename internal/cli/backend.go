package cli

import (
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// Backend is what the commands about one backend act on. Nothing else may read the
// backend meanwhile.
type Backend interface {
	// Publish lets rules choose the backend, or has them pass over it.
	Publish(on bool) (fault string)
	// DynamicCookie changes whether servers without a cookie value of their own get
	// one, and the key it is made with; nil: that stays.
	DynamicCookie(on *bool, key *string) (fault string)
}

// Backends finds backends.
type Backends interface {
	// Backend finds one by its name or "#" and its number; nil: there is none.
	Backend(name string) Backend
	// BackendNames lists them all.
	BackendNames() []string
}

// backends carries the commands.
type backends struct {
	Backends
	servers
}

// backendCommands are those about backends (management guide 9.3), for who has some.
func backendCommands(of Worker) []line.Command {
	has, ok := of.(Backends)
	srv, also := of.(Servers)
	if !ok || !also {
		return nil
	}
	w := backends{has, servers{srv}}
	row := func(level line.Level, name, args, help string, run func(s *line.Session, args []string)) line.Command {
		return line.Command{Words: strings.Fields(name), Args: args, Help: help, Level: level, Worker: true, Free: true,
			Run: func(s *line.Session, args []string, _ []byte) {
				w.alone(s, func() { run(s, append(slices.Clone(args), "", "")) })
			}}
	}
	publish := func(on bool, done string) func(*line.Session, []string) {
		return func(s *line.Session, args []string) {
			if be := w.backend(s, args[0], "No such backend."); be != nil {
				if text := be.Publish(on); text != "" {
					s.Err(text)
					return
				}
				s.Info(done)
			}
		}
	}
	cookie := func(on bool) func(*line.Session, []string) {
		return func(s *line.Session, args []string) { w.cookie(s, args[0], &on, nil) }
	}
	return []line.Command{
		row(line.LevelAdmin, "disable dynamic-cookie backend", "<bk>", "disable dynamic cookies on a specific backend", cookie(false)),
		row(line.LevelAdmin, "enable dynamic-cookie backend", "<bk>", "enable dynamic cookies on a specific backend", cookie(true)),
		row(line.LevelAdmin, "publish backend", "<backend>", "mark backend as ready for traffic", publish(true, "Backend published.")),
		row(line.LevelAdmin, "set dynamic-cookie-key backend", "<bk> <k>", "change a backend secret key for dynamic cookies", func(s *line.Session, args []string) {
			switch {
			case args[0] != "" && args[1] == "" && w.Backend(args[0]) != nil:
				s.Err("String value expected.")
			default:
				w.cookie(s, args[0], nil, &args[1])
			}
		}),
		{Words: []string{"show", "backend"}, Help: "list backends in the current running config", Worker: true,
			Run: func(s *line.Session, _ []string, _ []byte) {
				s.WriteString("# name\n")
				for _, name := range w.BackendNames() {
					s.WriteString(name + "\n")
				}
			}},
		row(line.LevelAdmin, "unpublish backend", "<backend>", "remove backend for traffic processing", publish(false, "Backend unpublished.")),
	}
}

// backend finds the one that is named, and reports when there is none, or no name.
func (w backends) backend(s *line.Session, name, missing string) Backend {
	if name == "" {
		s.Err(missing)
		return nil
	}
	be := w.Backend(name)
	if be == nil {
		s.Err("No such backend.")
	}
	return be
}

func (w backends) cookie(s *line.Session, name string, on *bool, key *string) {
	if be := w.backend(s, name, "A backend name is expected."); be != nil {
		if text := be.DynamicCookie(on, key); text != "" {
			s.Err(text)
		}
	}
}
