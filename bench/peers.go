package main

import (
	"fmt"
	"log"
	"os/exec"
	"path/filepath"
	"strings"
)

// kind is the configuration language of a contestant.
type kind int

const (
	likeHAProxy kind = iota
	likeNginx
	likeCaddy
)

// args start the contestant in the foreground, as one process, with the
// configuration at path.
func (c contestant) args(path string) []string {
	switch c.kind {
	case likeNginx:
		return []string{"-c", path, "-p", filepath.Dir(path), "-e", path + ".err"}
	case likeCaddy:
		return []string{"run", "--adapter", "caddyfile", "--config", path}
	}
	return []string{"-db", "-f", path}
}

// haproxyLog tells whether the lines are those of option httplog.
func (c contestant) haproxyLog() bool { return c.kind == likeHAProxy }

// config is the scenario in the contestant's language. Only the plain scenario
// of the part "peers" is told to others than HAProxy's kind.
func (c contestant) config(sc *scenario, logTo, bind, origin string) string {
	switch c.kind {
	case likeNginx:
		return fmt.Sprintf(nginxConfig, origin, logTo, bind)
	case likeCaddy:
		return fmt.Sprintf(caddyConfig, logTo, bind, origin)
	}
	return sc.haproxyConfig(logTo, bind, origin)
}

const nginxConfig = `daemon off; master_process off; worker_processes 1; pid nginx.pid;
events { worker_connections 20000; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path tmp1; proxy_temp_path tmp2; fastcgi_temp_path tmp3; uwsgi_temp_path tmp4; scgi_temp_path tmp5;
  upstream origins { server %s; keepalive 1000; keepalive_requests 1000000000; }
  server {
    access_log syslog:server=%s;
    listen %s;
    location /api { proxy_pass http://origins; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }
    location / { return 503; }
  }
}
`

const caddyConfig = `{
  admin off
  auto_https off
}
http://%[2]s {
  log {
    output net udp/%[1]s
  }
  handle /api/* {
    reverse_proxy %[3]s
  }
  respond 503
}
`

// benchPeers is the plain request through every proxy that is installed.
func benchPeers(s *settings) (string, error) {
	cs := s.contestants()
	for _, p := range []contestant{{"nginx", "nginx", likeNginx}, {"caddy", "caddy", likeCaddy}} {
		path, err := exec.LookPath(p.program)
		if err != nil {
			log.Printf("peers: %s is missing: apt-get install %s", p.name, p.name)
			continue
		}
		p.program = path
		cs = append(cs, p)
	}
	return withOrigin(s, func(h *httpBench) (string, error) {
		var b strings.Builder
		heading(&b, s, "CPU time of the proxy process per request beside other proxies; HTTP/1.1 keep-alive on both sides, 1 KiB answers, X-Forwarded-For, a line per request to UDP, one thread.")
		b.WriteString("| connections |")
		for _, c := range cs {
			fmt.Fprintf(&b, " %s µs, ratio |", c.name)
		}
		b.WriteString("\n|--:|" + strings.Repeat("--:|", len(cs)) + "\n")
		var bars []bar
		var names []string
		for _, c := range cs {
			names = append(names, c.name)
		}
		for _, n := range []int{8, 64, 512} {
			sc := &scenario{part: "peers", name: fmt.Sprintf("%d connections", n), conns: n, path: "/api/item", body: bodySize}
			r, err := h.compare(sc, cs)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, "| %d |", n)
			x := bar{sc.name, map[string]float64{}}
			for _, c := range cs {
				v := median(r.results[c.name], perRequest)
				x.values[c.name] = v
				fmt.Fprintf(&b, " %.2f, **%.2f** |", v, v/median(r.results["haproxy"], perRequest))
			}
			b.WriteString("\n")
			bars = append(bars, x)
		}
		for _, c := range cs[2:] {
			fmt.Fprintf(&b, "\n%s: %s\n", c.name, c.version())
		}
		fmt.Fprintf(&b, "\n![CPU per request](plots/peers.svg)\n")
		return b.String(), plotBars(s, "peers", "CPU µs per request", names, bars)
	})
}

func (c contestant) version() string {
	flag := "-v"
	if c.kind == likeCaddy {
		flag = "version"
	}
	out, _ := exec.Command(c.program, flag).CombinedOutput()
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}
