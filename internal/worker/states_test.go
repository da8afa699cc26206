package worker

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// "init-addr last" takes the address of the state file, as long as it is that of the
// same name and of the family that is wanted.
func TestLastAddr(t *testing.T) {
	file := filepath.Join(t.TempDir(), "states")
	line := func(name, addr, fqdn string) string {
		return "2 b 1 " + name + " " + addr + " 2 0 1 1 1 1 0 0 0 0 0 0 " + fqdn + " 80 - 0 0 - - 0\n"
	}
	text := "1\n# comment\n" + line("a", "192.0.2.77", "a.invalid") + line("b", "192.0.2.78", "other.invalid") + line("c", "2001:db8::1", "c.invalid") + line("d", "-", "d.invalid")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, _ := newLoad(t, "global\n server-state-file "+file+"\n"+timeoutLines+" load-server-state-from-file global\n default-server init-addr none\n"+
		"backend b\n server a a.invalid:80\n server b b.invalid:80\n server c c.invalid:80\n server d d.invalid:80\n server e e.invalid:80\n"+
		"backend none\n load-server-state-from-file none\n server a a.invalid:80\n")
	want := map[string]string{"b/a": "192.0.2.77", "b/c": "2001:db8::1"}
	for _, p := range l.spec.Proxies {
		for _, s := range p.Servers {
			ip, ok := l.lastAddr(p, s)
			if w := want[p.Name+"/"+s.Name]; ok != (w != "") || ok && ip.String() != w {
				t.Errorf("%s/%s: %s, %v, want %q", p.Name, s.Name, ip, ok, w)
			}
		}
	}
	four := *l.spec.Proxies[0].Servers[2]
	four.Address.Family = config.AFIPv4
	if ip, ok := l.lastAddr(l.spec.Proxies[0], &four); ok {
		t.Errorf("%s for a server of IPv4", ip)
	}
}
