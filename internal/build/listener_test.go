package build

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

func bindOf(t *testing.T, words string) *config.Bind {
	t.Helper()
	return parse(t, "frontend f\n bind "+words+"\n", nil).Proxies[0].Binds[0]
}

// A reload keeps a socket exactly when its key stays: what is set on an existing
// socket, or not on the socket at all, does not count.
func TestListenerKey(t *testing.T) {
	const plain = "127.0.0.1:80"
	base := bindOf(t, plain).SocketKey()
	for _, same := range []string{"ipv4@127.0.0.1:80", "127.0.0.1:80 name x", "127.0.0.1:80 maxconn 5", "127.0.0.1:80 backlog 9", "127.0.0.1:80 id 4",
		"127.0.0.1:80 mss 1200", "127.0.0.1:80 defer-accept", "127.0.0.1:80 tfo", "127.0.0.1:80 tcp-ut 5s", "127.0.0.1:80 cc reno", "127.0.0.1:80 tcp-md5sig x",
		"127.0.0.1:80 tcp-ss 1", "127.0.0.1:80 nice 5", "127.0.0.1:80 shards 2", "127.0.0.1:80 thread 1", "127.0.0.1:80 accept-proxy"} {
		if k := bindOf(t, same).SocketKey(); k != base {
			t.Errorf("bind %s: key %q, want %q", same, k, base)
		}
	}
	seen := map[string]string{base: plain}
	for name, change := range map[string]func(*config.Bind){
		"port":        func(b *config.Bind) { b.Address.Port = 81 },
		"address":     func(b *config.Bind) { b.Address = bindOf(t, "127.0.0.2:80").Address },
		"any":         func(b *config.Bind) { b.Address = bindOf(t, ":80").Address },
		"any v6":      func(b *config.Bind) { b.Address = bindOf(t, ":::80").Address },
		"path":        func(b *config.Bind) { b.Address = bindOf(t, "/a").Address },
		"abns":        func(b *config.Bind) { b.Address = bindOf(t, "abns@/a").Address },
		"abnsz":       func(b *config.Bind) { b.Address = bindOf(t, "abnsz@/a").Address },
		"fd":          func(b *config.Bind) { b.Address = bindOf(t, "fd@3").Address },
		"interface":   func(b *config.Bind) { b.Interface = "lo" },
		"v6only":      func(b *config.Bind) { b.V6Only = true },
		"v4v6":        func(b *config.Bind) { b.V4V6 = true },
		"transparent": func(b *config.Bind) { b.Transparent = true },
		"namespace":   func(b *config.Bind) { b.Namespace = "blue" },
	} {
		b := bindOf(t, plain)
		change(b)
		k := b.SocketKey()
		if other, ok := seen[k]; ok {
			t.Errorf("%s and %s share the key %q", name, other, k)
		}
		seen[k] = name
	}
}
