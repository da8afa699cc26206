package diff

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// server plans a change of a server.
func (p *plan) server(ch *Change, at string) {
	name := ch.proxy.Name + "/" + ch.Name
	do := func(what Do, value string) {
		p.ops = append(p.ops, Operation{Do: what, Backend: ch.proxy.Name, Server: ch.Name, Value: value})
	}
	switch ch.Verb {
	case Moved:
		p.never("server %s is at another place (%s)", name, at)
		return
	case Added, Removed:
		if why := fixedServers(ch.proxy); why != "" {
			p.never("server %s is %s, and %s (%s)", name, ch.Verb, why, at)
		} else if ch.Verb == Removed {
			do(RemoveServer, "")
		} else if firstBackup(ch.proxy, ch.newServer) {
			p.never("server %s is a backup before others (%s)", name, at)
		} else {
			p.ops = append(p.ops, Operation{Do: AddServer, Backend: ch.proxy.Name, Server: ch.Name, Line: ch.New})
		}
		return
	}
	old, new := ch.oldServer, ch.newServer
	for _, f := range ch.Fields {
		switch f {
		case "address":
			switch {
			case !literal(&old.Address) || !literal(&new.Address):
				p.never("the address of server %s is no IP address with a port (%s)", name, at)
			case ch.proxy.Hashing.Consistent && (strings.HasPrefix(new.HashKey, "addr") || strings.HasPrefix(old.HashKey, "addr")):
				p.never("server %s is hashed by its address (%s)", name, at)
			case ch.proxy.Cookie != nil && ch.proxy.Cookie.Dynamic && ch.proxy.CookieKey != "" && new.Cookie == "":
				p.never("the cookie of server %s is made of its address (%s)", name, at)
			default:
				do(SetAddress, new.Address.String())
			}
		case "weight":
			if static(ch.proxy) {
				p.never("the weight of server %s is fixed by balance %s (%s)", name, ch.proxy.Balance.Algorithm, at)
			} else {
				do(SetWeight, strconv.Itoa(new.Weight))
			}
		case "maxconn":
			if new.Minconn != 0 {
				p.never("server %s has a minconn (%s)", name, at)
			} else {
				do(SetMaxconn, strconv.Itoa(new.Maxconn))
			}
		case "state":
			do(SetState, map[bool]string{true: "maint", false: "ready"}[new.Disabled])
		default:
			p.never("options of server %s changed (%s)", name, at)
		}
	}
}

// literal tells addresses that are known without looking anything up, and do not
// depend on the client's.
func literal(a *config.Address) bool {
	return a.Host == "" && (a.Family == config.AFIPv4 || a.Family == config.AFIPv6) && a.Port != 0 && a.PortOffset == 0 && !a.Any && !a.MPTCP
}

// hashes says whether the backend chooses servers by a hash.
func hashes(p *config.Proxy) bool {
	switch p.Balance.Algorithm {
	case "roundrobin", "static-rr", "leastconn", "first", "random", "sticky":
		return false
	}
	return true
}

// static tells backends in which servers have a fixed share.
func static(p *config.Proxy) bool {
	return p.Balance.Algorithm == "static-rr" || hashes(p) && !p.Hashing.Consistent
}

// fixedServers says why servers cannot come and go.
func fixedServers(p *config.Proxy) string {
	switch {
	case static(p):
		return "their order counts for balance " + p.Balance.Algorithm
	case p.Balance.Algorithm == "first" && !numbered(p, false):
		return "the numbers of servers without \"id\" count for balance first"
	case hashes(p) && !numbered(p, true):
		return "the numbers of servers without \"id\" or \"hash-key\" count for balance " + p.Balance.Algorithm
	}
	return ""
}

// numbered says whether all servers keep their number, or what else a hash knows
// them by, when others come and go. Without "id" it is their place.
func numbered(p *config.Proxy, hashed bool) bool {
	return !slices.ContainsFunc(p.Servers, func(s *config.Server) bool {
		return s.ID == 0 && !(hashed && (strings.HasPrefix(s.HashKey, "addr") || s.HashKey == "guid" && s.GUID != ""))
	})
}

// firstBackup tells a backup that serves before others that were there already: a
// server that is added is the last one.
func firstBackup(p *config.Proxy, s *config.Server) bool {
	if !s.Backup || p.Options.AllBackups {
		return false
	}
	i := slices.Index(p.Servers, s)
	return slices.ContainsFunc(p.Servers[i+1:], func(o *config.Server) bool { return o.Backup })
}
