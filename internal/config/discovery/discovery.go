// Package discovery is the first pass over a configuration: it reads what a
// master must know before it starts a worker, and nothing else.
//
// Twenty-five keywords (eight are not the reference's) of global sections and the
// program sections act in it; every other line is passed over, but all lines
// must be well formed and all conditional blocks complete.
// The environment keywords act on the environment given in, never on the
// process's own. On the first start the master runs it; on a reload the
// candidate does, and sends the Result in its first frame.
package discovery

import (
	"maps"
	"slices"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Result is what the pass found. It can be sent as JSON.
type Result struct {
	Daemon          bool `json:"daemon,omitempty"`
	Quiet           bool `json:"quiet,omitempty"`
	ZeroWarning     bool `json:"zero_warning,omitempty"`
	MasterWorker    bool `json:"master_worker,omitempty"`
	NoExitOnFailure bool `json:"no_exit_on_failure,omitempty"`
	ExitOnFailure   bool `json:"exit_on_failure,omitempty"`
	MaxReloads      int  `json:"max_reloads"` // -1: not set
	// LoadTimeout and HangTimeout are in nanoseconds; 0 is never, -1 not set.
	LoadTimeout     time.Duration   `json:"load_timeout"`
	HangTimeout     time.Duration   `json:"hang_timeout"`
	History         int             `json:"history,omitempty"`       // good generations kept; 0: not set
	HistorySize     int64           `json:"history_bytes,omitempty"` // 0: not set
	Draining        config.Draining `json:"draining"`
	InPlace         bool            `json:"in_place,omitempty"`
	PIDFile         string          `json:"pidfile,omitempty"`
	LocalPeer       string          `json:"localpeer,omitempty"`
	Deprecated      bool            `json:"expose_deprecated,omitempty"`
	DisabledPollers []string        `json:"disabled_pollers,omitempty"`
	NoKTLS          bool            `json:"noktls,omitempty"`

	// OnReload is started after each reload; nil: nothing is.
	OnReload *OnReload `json:"on_reload,omitempty"`

	// Programs are those that the master runs beside the workers, in their order.
	Programs []Program `json:"programs,omitempty"`

	// EnvOps are the environment keywords in order; SetEnv and UnsetEnv are their
	// effect on the environment given in.
	EnvOps   []config.EnvOp    `json:"env_ops,omitempty"`
	SetEnv   map[string]string `json:"set_env,omitempty"`
	UnsetEnv []string          `json:"unset_env,omitempty"`
}

// Program is a program section. User and Group are names, "" for the master's.
type Program struct {
	Name            string   `json:"name"`
	Command         []string `json:"command"`
	User            string   `json:"user,omitempty"`
	Group           string   `json:"group,omitempty"`
	NoStartOnReload bool     `json:"no_start_on_reload,omitempty"`
}

// OnReload is a program with its arguments. User and Group are names, "" for the
// master's.
type OnReload struct {
	Command []string `json:"command"`
	User    string   `json:"user,omitempty"`
	Group   string   `json:"group,omitempty"`
}

// Options may be the zero value.
type Options struct {
	Facts *config.Facts
}

// Run reads files. Variables are looked up in env, which is not changed. The Result is of use only when the
// diagnostics have not failed.
func Run(files []config.File, env config.Env, o ...Options) (*Result, *config.Diagnostics) {
	var facts *config.Facts
	if len(o) > 0 {
		facts = o[0].Facts
	}
	after := env.Clone()
	if after == nil {
		after = config.Env{}
	}
	spec, diag := config.Discover(files, config.Options{Env: after, Facts: facts})
	g := spec.Global
	r := &Result{
		Daemon:          g.Daemon,
		Quiet:           g.Quiet,
		ZeroWarning:     g.ZeroWarning,
		MasterWorker:    g.MasterWorker,
		NoExitOnFailure: g.NoExitOnFailure,
		ExitOnFailure:   g.ExitOnFailure,
		MaxReloads:      g.MaxReloads,
		LoadTimeout:     g.LoadTimeout,
		HangTimeout:     g.HangTimeout,
		History:         g.History,
		HistorySize:     g.HistorySize,
		Draining:        g.Draining,
		InPlace:         g.InPlace,
		PIDFile:         g.PIDFile,
		LocalPeer:       g.LocalPeer,
		Deprecated:      g.ExposeDeprecated,
		DisabledPollers: g.DisabledPollers,
		NoKTLS:          g.NoKTLS,
		EnvOps:          g.EnvOps,
	}
	if h := g.OnReload; len(h.Command) > 0 {
		r.OnReload = &OnReload{h.Command, h.User, h.Group}
	}
	for _, p := range spec.Programs {
		if len(p.Command) > 0 { // without one the whole parse refuses it
			r.Programs = append(r.Programs, Program{p.Name, p.Command, p.User, p.Group, p.NoStartOnReload})
		}
	}
	for name, v := range after {
		if old, had := env[name]; !had || old != v {
			if r.SetEnv == nil {
				r.SetEnv = map[string]string{}
			}
			r.SetEnv[name] = v
		}
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if _, kept := after[name]; !kept {
			r.UnsetEnv = append(r.UnsetEnv, name)
		}
	}
	return r, diag
}
