package version

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
)

// Short writes what "-v" prints: the reference's first line, so that scripts find the version where they look for it,
// then the plain statement of what this is.
func Short(w io.Writer) {
	fmt.Fprintf(w, "HAProxy version %s %s - %s\n", String, Date, URL)
	fmt.Fprintf(w, "Status: %s %s, an independent load balancer that reads the configuration of HAProxy %s.\n", Product, Sluice, Branch)
	fmt.Fprintf(w, "Known bugs: %s/issues\n", URL)
	if u := uname(); u != "" {
		fmt.Fprintf(w, "Running on: %s\n", u)
	}
}

// uname returns system, release, version and machine; empty if the kernel does not say.
func uname() string {
	var u syscall.Utsname
	if syscall.Uname(&u) != nil {
		return ""
	}
	return strings.Join([]string{chars(u.Sysname[:]), chars(u.Release[:]), chars(u.Version[:]), chars(u.Machine[:])}, " ")
}

func chars[T int8 | uint8](c []T) string {
	var b []byte
	for _, x := range c {
		if x == 0 {
			break
		}
		b = append(b, byte(x))
	}
	return string(b)
}

// Build is what "-vv" reports beside the version; whoever knows it fills it in.
type Build struct {
	BufSize, MaxRewrite, MaxPollEvents int // bytes, bytes, events a poll
	MaxGroups, MaxThreads, Threads     int
	Muxes                              []Mux
	Services                           []string
	Filters                            []string // in the form "[COMP] compression"
	Ignored                            []string // options accepted without effect
}

// Mux is a line of the protocol table of "-vv".
type Mux struct{ Proto, Mode, Side, Name, Flags string }

// Long writes what "-vv" prints, in the reference's layout. What a C compiler is
// told there is what Go's was told here.
func Long(w io.Writer, b Build) {
	Short(w)
	fmt.Fprintf(w, "Build options : \n  TARGET  = %s-%s\n  CC      = %s\n  CFLAGS  = %s\n  OPTIONS = %s\n  DEBUG   = %s\n",
		runtime.GOOS, runtime.GOARCH, runtime.Version(),
		settings("-gcflags", "-ldflags", "-trimpath", "GOAMD64", "GOARM64"), settings("CGO_ENABLED", "-tags", "GOEXPERIMENT", "GOFIPS140"), settings("-race", "-asan", "-msan", "-cover"))
	fmt.Fprintf(w, "\nFeature list : %s\n", strings.Join(Features(), " "))
	fmt.Fprintf(w, "\nDefault settings :\n  bufsize = %d, maxrewrite = %d, maxpollevents = %d\n\n", b.BufSize, b.MaxRewrite, b.MaxPollEvents)
	fmt.Fprintf(w, "Built with multi-threading support (MAX_TGROUPS=%d, MAX_THREADS=%d, default=%d).\n", b.MaxGroups, b.MaxThreads, b.Threads)
	if Feature("NS") {
		fmt.Fprintf(w, "Built with network namespace support.\n")
	}
	if Feature("TPROXY") {
		fmt.Fprintf(w, "Built with transparent proxy support using: IP_TRANSPARENT IPV6_TRANSPARENT\n")
	}
	for _, m := range modules() {
		fmt.Fprintf(w, "Built with %s\n", m)
	}
	fmt.Fprintf(w, "Built with Go compiler version %s\n", strings.TrimPrefix(runtime.Version(), "go"))
	fmt.Fprintf(w, "\nAvailable polling systems :\n      epoll : pref=300,  test result OK\nTotal: 1 (1 usable), will use epoll.\n")
	fmt.Fprintf(w, "\nAvailable multiplexer protocols :\n(protocols marked as <default> cannot be specified using 'proto' keyword)\n")
	for _, m := range b.Muxes {
		fmt.Fprintf(w, "%11s : mode=%-5s side=%-6s mux=%-5s flags=%s\n", m.Proto, m.Mode, m.Side, m.Name, m.Flags)
	}
	services := strings.Join(b.Services, " ")
	if services == "" {
		services = "none"
	}
	fmt.Fprintf(w, "\nAvailable services : %s\n\nAvailable filters :\n", services)
	for _, f := range b.Filters {
		fmt.Fprintf(w, "\t%s\n", f)
	}
	fmt.Fprintf(w, "\nOptions accepted without effect : %s\n\n", strings.Join(b.Ignored, " "))
}

// settings gives those of the build's settings that were set, as key=value.
func settings(keys ...string) string {
	var list []string
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if slices.Contains(keys, s.Key) && s.Value != "" {
				list = append(list, s.Key+"="+s.Value)
			}
		}
	}
	return strings.Join(list, " ")
}

// modules names the libraries linked in, with their versions.
func modules() []string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	var list []string
	for _, m := range info.Deps {
		list = append(list, m.Path+" "+m.Version)
	}
	return list
}
