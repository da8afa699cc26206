package config

import (
	"slices"
	"strings"
)

// dynamicServerWords are the options that a server may have which is added while the
// process serves (management guide 9.3, "add server"), those of TLS left out, in the
// order in which they are shown.
var dynamicServerWords = []string{
	"backup", "cookie", "disabled", "error-limit", "guid", "hash-key", "id", "init-state", "maxconn", "maxqueue", "minconn",
	"no-backup", "no-send-proxy", "no-send-proxy-v2", "no-tfo", "observe", "on-error", "on-marked-down", "on-marked-up",
	"pool-conn-name", "pool-low-conn", "pool-max-conn", "pool-purge-delay", "proto", "proxy-v2-options",
	"send-proxy", "send-proxy-v2", "set-proxy-v2-tlv-fmt", "slowstart", "source", "tfo", "track", "usesrc", "weight",
	"healthcheck", "addr", "agent-addr", "agent-check", "agent-inter", "agent-port", "agent-send",
	"check", "check-proto", "check-send-proxy", "check-via-socks4", "rise", "fall", "inter", "fastinter", "downinter", "port",
}

// DynamicServerWords lists the options of servers that are added at run time.
func DynamicServerWords() []string { return slices.Clone(dynamicServerWords) }

// DynamicServer reads the words of "add server" behind the name: an address and
// options. It is the server of a backend like in; what its "track" says is for the
// caller to look up. The fault is what is wrong.
func DynamicServer(in *Proxy, name string, words []string, o Options) (s *Server, fault string) {
	switch {
	case len(words) == 0:
		return nil, "'server' expects <name> and <addr>[:<port>] as arguments."
	case !ValidName(name):
		return nil, "character '" + string(name[badNameByte(name)]) + "' is not permitted in server name '" + clip(name) + "'."
	}
	text := "server " + name + " " + Quote(words[0])
	track := ""
	eachOption(serverIndex, words[1:], func(opt *serverOption, args []string) bool {
		fault = dynamicFault(in, opt.name, args)
		if fault != "" {
			return false
		}
		if opt.name == "track" && args[0] != "" {
			track = args[0]
			return true
		}
		for n := len(args); n > 0 && args[n-1] == ""; n-- { // they are not there
			args = args[:n-1]
		}
		for _, w := range append([]string{opt.name}, args...) {
			text += " " + Quote(w)
		}
		return true
	}, func(word, hint string) {
		fault = "unknown keyword '" + clip(word) + "'."
		if hint != "" {
			fault = "unknown keyword '" + clip(word) + "'; did you mean '" + hint + "' maybe ?"
		}
	})
	if fault != "" {
		return nil, fault
	}
	spec, d := Parse([]File{{Name: "CLI", Data: []byte("backend " + in.Name + "\n mode " + in.Mode.String() + "\n " + text + "\n")}}, o)
	for _, m := range d.List {
		if m.Level != Alert {
			continue
		}
		if _, said, ok := strings.Cut(m.Text, "'server "+in.Name+"/"+name+"' : "); ok {
			return nil, said
		}
		return nil, m.Text
	}
	if len(spec.Proxies) != 1 || len(spec.Proxies[0].Servers) != 1 {
		return nil, "'server' expects <name> and <addr>[:<port>] as arguments."
	}
	s = spec.Proxies[0].Servers[0]
	if s.Track = track; s.Host != "" {
		s.InitAddr = []InitMethod{InitNone} // looking it up would take its time
	}
	switch {
	case track == "":
	case s.Check:
		return nil, "unable to enable checks and tracking at the same time!"
	case s.InitState != "":
		return nil, "unable to set init-state and tracking at the same time!"
	}
	return s, ""
}

// dynamicFault says why an option is not one of a dynamic server of a backend.
func dynamicFault(in *Proxy, option string, args []string) string {
	switch {
	case !slices.Contains(dynamicServerWords, option):
		return "'" + option + "' option is not accepted for dynamic server"
	case option != "proto":
	case slices.Contains([]string{"h1", "h2", "fcgi"}, args[0]) != (in.Mode == ModeHTTP) && slices.Contains([]string{"h1", "h2", "fcgi", "none"}, args[0]):
		return "MUX protocol is not usable for server."
	}
	return ""
}

// GUIDFault says whose unique name the new server has, "" when it has one of its own,
// or none.
func (s *Spec) GUIDFault(srv *Server) string {
	if srv.GUID == "" {
		return ""
	}
	for _, p := range s.Proxies {
		if p.GUID == srv.GUID {
			return "'guid': duplicate entry with " + p.Kind.String() + " " + p.Name + "."
		}
		for _, other := range p.Servers {
			if other.GUID == srv.GUID {
				return "'guid': duplicate entry with server " + p.Name + "/" + other.Name + "."
			}
		}
	}
	return ""
}
