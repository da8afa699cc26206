package show

import (
	"runtime"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/version"
)

// Build describes the program for "-vv"; ignored are the options that are
// accepted without effect.
func Build(ignored []string) version.Build {
	b := version.Build{
		BufSize: 16384, MaxRewrite: 1024, MaxPollEvents: loop.MaxEvents, MaxGroups: config.MaxGroups, MaxThreads: 1024, Threads: max(runtime.NumCPU(), 1),
		Muxes: Muxes(), Services: Services(), Ignored: ignored,
	}
	for _, f := range Filters() {
		keyword, name, _ := strings.Cut(f, " ")
		b.Filters = append(b.Filters, name+" "+keyword)
	}
	return b
}

// Filters lists the filters that a configuration may name, by keyword and then
// what they are called elsewhere: "compression [COMP]". There are none yet.
func Filters() []string { return nil }

// Services lists the services that an action may hand a request to. There are
// none yet.
func Services() []string { return nil }

// Muxes lists the protocols that connections may speak.
func Muxes() []version.Mux {
	return []version.Mux{
		{Proto: "<default>", Mode: "HTTP", Side: "FE|BE", Name: "H1", Flags: "HTX"},
		{Proto: "h1", Mode: "HTTP", Side: "FE", Name: "H1", Flags: "HTX|NO_UPG"},
		{Proto: "<default>", Mode: "TCP", Side: "FE|BE", Name: "PASS", Flags: ""},
		{Proto: "none", Mode: "TCP", Side: "FE", Name: "PASS", Flags: "NO_UPG"},
	}
}
