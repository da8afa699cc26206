package worker

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// program is the check of a server by "external-check command".
func (s *service) program(be *proxy.Backend, srv *proxy.Server, spec *config.Server) *check.Program {
	c, g := &be.Spec.Checks, s.run.Spec.Global
	proxyAddr, proxyPort := firstBind(be.Spec)
	serverAddr, serverPort := srv.Addr.Addr().String(), fmt.Sprint(srv.Addr.Port())
	if srv.Path != "" {
		serverAddr, serverPort = srv.Path, "NOT_USED"
	}
	unused := func(v string) string {
		if v == "NOT_USED" {
			return ""
		}
		return v
	}
	kind := "tcp"
	if be.HTTP {
		kind = "h1"
	}
	fixed := []string{
		"PATH=" + c.Path,
		"HAPROXY_PROXY_NAME=" + be.Name, "HAPROXY_PROXY_ID=" + fmt.Sprint(be.ID),
		"HAPROXY_PROXY_ADDR=" + unused(proxyAddr), "HAPROXY_PROXY_PORT=" + unused(proxyPort),
		"HAPROXY_SERVER_NAME=" + srv.Name, "HAPROXY_SERVER_ID=" + fmt.Sprint(srv.ID),
		"HAPROXY_SERVER_ADDR=" + serverAddr, "HAPROXY_SERVER_PORT=" + unused(serverPort),
		"HAPROXY_SERVER_SSL=0", "HAPROXY_SERVER_PROTO=" + kind,
	}
	limit := spec.Inter
	if be.Spec.Timeouts.Check > 0 {
		limit = be.Spec.Timeouts.Check
	}
	return &check.Program{
		Path: findProgram(c.Command, c.Path), Args: []string{proxyAddr, proxyPort, serverAddr, serverPort}, Limit: limit,
		Env: func() []string {
			var env []string
			if g.ExternalCheckEnv {
				env = os.Environ()
			}
			env = append(env, fixed...)
			return append(env, "HAPROXY_SERVER_MAXCONN="+fmt.Sprint(srv.Limit()), "HAPROXY_SERVER_CURCONN="+fmt.Sprint(srv.Served()))
		},
	}
}

// firstBind is the address that programs are told of: that of the first listener.
func firstBind(p *config.Proxy) (addr, port string) {
	for _, b := range p.Binds {
		switch a := b.Address; {
		case a.IsIP():
			return a.IP.String(), fmt.Sprint(a.Port)
		case a.Family == config.AFUnix:
			return a.Path, "NOT_USED"
		}
	}
	return "NOT_USED", "NOT_USED"
}

// findProgram looks a name without a slash up in the folders of path.
func findProgram(name, path string) string {
	if strings.Contains(name, "/") {
		return name
	}
	for _, dir := range filepath.SplitList(path) {
		full := filepath.Join(dir, name)
		if st, err := os.Stat(full); err == nil && !st.IsDir() && st.Mode()&0o111 != 0 {
			return full
		}
	}
	return "./" + name // which is not there, unless it is
}
