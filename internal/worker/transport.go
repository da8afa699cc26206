package worker

import (
	"os"

	"github.com/sluice-proxy/sluice/internal/account"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// Capabilities that connections to servers need after the user has changed.
const (
	capNetAdmin = 1 << 12
	capNetRaw   = 1 << 13
	capSysAdmin = 1 << 21
)

// transports makes ready, while the process still may, what connections to servers
// need of the system: network namespaces, and the rights to have foreign addresses.
// It returns false when the process could not do later what its configuration says.
func (l *load) transports() bool {
	open := map[string]*sys.Namespace{}
	ok := true
	for _, be := range l.run.Backends {
		for i, srv := range be.Servers {
			spec := be.Spec.Servers[i]
			if name := spec.Namespace; name != "" {
				if open[name] == nil {
					n, err := sys.OpenNamespace(name)
					if err != nil {
						l.report.Alertf("'server %s/%s' : %v", be.Name, srv.Name, err)
						ok = false
						continue
					}
					open[name] = n
				}
				srv.Namespace = open[name]
			}
			l.tryTuning(srv)
		}
	}
	return ok && l.mayConnect()
}

// tryTuning warns of options that the kernel refuses: connections are made without
// them.
func (l *load) tryTuning(srv *proxy.Server) {
	if srv.Tune == nil || srv.To == nil || srv.Path != "" {
		return
	}
	fd, errno := sys.StreamSocket(srv.To.Family())
	if errno != 0 {
		return
	}
	defer sys.Close(fd)
	if err := srv.Tune.Apply(fd, false); err != nil {
		l.report.Warningf("'server %s/%s' : %v", srv.Backend.Name, srv.Name, err)
	}
}

// mayConnect says whether connections can be made as the configuration wants them
// by the user that the process will be.
func (l *load) mayConnect() bool {
	g := l.spec.Global
	uid, _, err := account.Owner{User: g.User, Group: g.Group, UID: g.UID, GID: g.GID}.IDs()
	if err != nil { // dropPrivileges reports it
		return true
	}
	raw, admin := rights(l.run.Backends)
	if uid <= 0 {
		if (raw || admin) && os.Geteuid() != 0 {
			l.report.Warningf("[%s.main()] Some options which require full privileges might not work well.", os.Args[0])
		}
		return true
	}
	if (!raw || g.SetCap&(capNetRaw|capNetAdmin) != 0) && (!admin || g.SetCap&capSysAdmin != 0) {
		return true
	}
	l.report.Alertf("[%s.main()] Some configuration options require full privileges, so global.uid cannot be changed.", os.Args[0])
	l.report.Alertf("[%s.main()] Alternately, if your system supports Linux capabilities, you may also consider using 'setcap cap_net_raw', 'setcap cap_net_admin' or 'setcap cap_sys_admin' in the 'global' section.", os.Args[0])
	return false
}

// rights tells what connections need: raw for foreign addresses and interfaces
// (CAP_NET_RAW), admin for other network namespaces (CAP_SYS_ADMIN).
func rights(backends []*proxy.Backend) (raw, admin bool) {
	for _, be := range backends {
		for i, srv := range be.Servers {
			admin = admin || be.Spec.Servers[i].Namespace != ""
			raw = raw || srv.Source != nil && (srv.Source.Use != config.UseOwn || srv.Source.Interface != "")
		}
	}
	return raw, admin
}
