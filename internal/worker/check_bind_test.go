package worker

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/build"
	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/report"
)

// "-c" refuses a listening address whose name does not resolve, and a descriptor
// that is no socket.
func TestCheckListeners(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(pair[0])
	defer syscall.Close(pair[1])
	for name, tt := range map[string]struct {
		a  config.Address
		ok bool
	}{
		"a socket":   {config.Address{Family: config.AFFD, FD: pair[0]}, true},
		"a file":     {config.Address{Family: config.AFFD, FD: int(file.Fd())}, false},
		"nothing":    {config.Address{Family: config.AFFD, FD: 1 << 20}, false},
		"a name":     {config.Address{Host: "localhost", Port: 1}, true},
		"no name":    {config.Address{Host: "no.such.host.invalid", Port: 1}, false},
		"an address": {config.Address{Family: config.AFUnix, Path: "/tmp/x"}, true},
	} {
		r := report.New("test")
		r.Quiet = true
		l := &load{o: &cmdline.Options{}, report: r, run: &build.Runtime{Listeners: []*proxy.Listener{{Bind: &config.Bind{Address: tt.a}}}}}
		if got := l.checkListeners(); got != tt.ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}
