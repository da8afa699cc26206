package build

import (
	"fmt"
	"os"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// listeners makes the listeners of p: one for each address, or for each of its
// shards.
func (b *builder) listeners(p *config.Proxy, fe *proxy.Frontend) {
	used := map[int]bool{}
	for _, bind := range p.Binds {
		used[bind.ID] = true
	}
	next := 1
	for _, bind := range p.Binds {
		for i, threads := range b.shards(p, bind) {
			id := bind.ID
			if id == 0 || i > 0 {
				for used[next] {
					next++
				}
				id = next
				used[id] = true
			}
			name, logName := bind.Name, bind.Name
			if name == "" {
				name, logName = fmt.Sprintf("sock-%d", id), strconv.Itoa(id)
				if p.Options.SocketStats { // it has a name then
					logName = name
				}
			}
			ln := &proxy.Listener{
				Name: name, LogName: logName, ID: id, Socket: proxy.Socket{Key: b.key(bind), FD: -1}, Bind: bind, Frontend: fe, MaxConn: int64(bind.Maxconn),
				Threads: threads, Nice: bind.Nice, AcceptProxy: bind.AcceptProxy, NetScaler: bind.NetScaler,
			}
			if p.Options.SocketStats {
				ln.Loops = make([]proxy.Counters, b.r.Threads)
			}
			fe.Listeners = append(fe.Listeners, ln)
			b.r.Listeners = append(b.r.Listeners, ln)
		}
		b.namespace(p, bind)
	}
}

// shards returns the threads of each socket of an address: those of "thread",
// in as many parts of nearly one size as "shards" wants. Only addresses of IP
// can have several sockets.
func (b *builder) shards(p *config.Proxy, bind *config.Bind) [][]int {
	groups := b.r.Groups
	set, want := bind.Threads, bind.Shards
	if want == 0 {
		want = b.spec.Global.Tune.Shards
	}
	if len(set) == 0 {
		set, _ = config.ParseThreadSet("all")
	}
	threads, err := set.Threads(groups)
	if err != nil {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: bind.Pos,
			Text: fmt.Sprintf("%s: 'thread' directive %v in 'bind %s' at [%s].", p.Title(), err, bind.Text, bind.Pos)})
		return [][]int{nil}
	}
	if want == config.ShardsByGroup && bind.Address.IsIP() {
		return byGroup(threads, groups)
	}
	n := max(want, 1)
	if want == config.ShardsByThread {
		n = len(threads)
	}
	if n = min(n, len(threads)); !bind.Address.IsIP() {
		n = 1
	}
	parts := make([][]int, n)
	for i := range parts {
		parts[i] = threads[i*len(threads)/n : (i+1)*len(threads)/n]
	}
	return parts
}

// byGroup parts threads by their groups.
func byGroup(threads []int, groups config.ThreadGroups) (parts [][]int) {
	for i, t := range threads {
		if i == 0 || groups[t] != groups[threads[i-1]] {
			parts = append(parts, nil)
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], t)
	}
	return parts
}

// namespace checks that the network namespace of a bind line exists.
func (b *builder) namespace(p *config.Proxy, bind *config.Bind) {
	if bind.Namespace == "" {
		return
	}
	if _, err := os.Stat(sys.NamespacePath(bind.Namespace)); err != nil {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormConfig, Pos: bind.Pos, Text: fmt.Sprintf("Cannot open namespace '%s'.", bind.Namespace)})
		b.alert(bind.Pos, "'bind %s' in section '%s' : error encountered while processing 'namespace'.", bind.Text, p.Kind)
	}
}

// key names the next socket of a bind line for the master's store. Sockets that
// have the rest in common, shards or several bind lines of one address, are
// numbered: the first has no number, so that it is kept whatever their number
// becomes.
func (b *builder) key(bind *config.Bind) string {
	k := bind.SocketKey()
	if !bind.Address.IsIP() {
		return k
	}
	b.keys[k]++
	return ShardKey(k, b.keys[k])
}

// ShardKey is the key of the n-th socket, from 1, of those that share key.
func ShardKey(key string, n int) string {
	if n == 1 {
		return key
	}
	return fmt.Sprintf("%s shard %d", key, n)
}
