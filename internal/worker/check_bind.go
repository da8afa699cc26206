package worker

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// checkListeners finds out, for "-c", what else only the start would: that names
// of listening addresses resolve and that inherited descriptors are sockets.
// False: it was reported why not.
func (l *load) checkListeners() bool {
	ok := true
	for _, ln := range l.run.Listeners {
		b := ln.Bind
		switch a := b.Address; {
		case a.Host != "":
			if _, err := l.resolve(a.Host, a.Family); err != nil {
				l.report.Alertf("config : parsing [%s] : 'bind' : invalid address: '%s' in '%s'", b.Pos, a.Host, b.Text)
				ok = false
			}
		case a.Family == config.AFFD:
			if err := sys.CheckSocket(a.FD); err != nil {
				l.report.Alertf("config : parsing [%s] : 'bind' : cannot use file descriptor '%d' : %s.", b.Pos, a.FD, strerror(err))
				ok = false
			}
		}
	}
	if !ok {
		l.report.Alertf("config : Fatal errors found in configuration.")
	}
	return ok
}
