package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"time"
)

// idleConns is how many clients stay connected without asking for anything.
const idleConns = 9000

// An idling is what so many idle connections cost.
type idling struct{ before, after float64 } // MiB resident

func (i idling) perConn() float64 { return (i.after - i.before) * (1 << 20) / idleConns }

// benchIdle opens connections that ask once and then keep still.
func benchIdle(s *settings) (string, error) {
	return withOrigin(s, func(h *httpBench) (string, error) {
		results := map[string][]idling{}
		for round := range s.rounds {
			cs := s.contestants()
			if round%2 == 1 {
				cs[0], cs[1] = cs[1], cs[0]
			}
			for _, c := range cs {
				r, err := h.idle(c)
				if err != nil {
					return "", fmt.Errorf("%s: %w", c.name, err)
				}
				log.Printf("idle, round %d, %-7s %.1f MiB, %.1f MiB: %.0f bytes a connection", round+1, c.name, r.before, r.after, r.perConn())
				results[c.name] = append(results[c.name], r)
			}
		}
		var b strings.Builder
		heading(&b, s, fmt.Sprintf("Resident memory of the proxy process with %d idle keep-alive connections, each after one request; the kernel's own memory for sockets is not in it.", idleConns))
		b.WriteString("| | without, MiB | with, MiB | bytes a connection | 1,000,000 would be, MiB (extrapolated) |\n|:--|--:|--:|--:|--:|\n")
		for _, c := range s.contestants() {
			of := func(get func(idling) float64) float64 { return median(results[c.name], get) }
			before, per := of(func(i idling) float64 { return i.before }), of(idling.perConn)
			fmt.Fprintf(&b, "| %s | %.1f | %.1f | **%.0f** | %.0f |\n", c.name, before, of(func(i idling) float64 { return i.after }), per, before+per*1e6/(1<<20))
		}
		return b.String(), nil
	})
}

func (h *httpBench) idle(c contestant) (r idling, err error) {
	addr := freeAddr()
	sc := &scenario{unlog: true}
	p, err := startProxy(h.proxyCPU, h.dir, c, c.config(sc, "", addr, h.origin), addr)
	if err != nil {
		return r, err
	}
	defer p.stop()
	// What the first requests allocate for ever is not a connection's.
	if _, err := runWrk(h.settings, h.dir, "http://"+addr+"/api/item", "", 8, h.warm); err != nil {
		return r, err
	}
	settle := func() (float64, error) {
		time.Sleep(8 * time.Second) // idle connections to servers are closed meanwhile
		return p.resident()
	}
	if r.before, err = settle(); err != nil {
		return r, err
	}
	var conns []net.Conn
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	for range idleConns {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return r, err
		}
		conns = append(conns, conn)
		fmt.Fprintf(conn, "GET /api/item HTTP/1.1\r\nHost: %s\r\n\r\n", addr)
		a, err := http.ReadResponse(bufio.NewReaderSize(conn, 2048), nil)
		if err != nil || a.StatusCode != 200 || a.ContentLength != bodySize {
			return r, fmt.Errorf("connection %d: %v, %v", len(conns), a, err)
		}
		n, err := a.Body.Read(make([]byte, 2*bodySize))
		if n == 0 {
			return r, fmt.Errorf("connection %d: no body: %v", len(conns), err)
		}
	}
	r.after, err = settle()
	return r, err
}
