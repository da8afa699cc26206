package load

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"github.com/sluice-proxy/sluice/test/payload"
)

// echo runs TCP sessions one after the other. Each sends frames and expects
// every byte back; then it half-closes and expects the end. The service has no
// way to announce an end, so any other end is a loss.
func (r *Run) echo(ctx context.Context) {
	for {
		id, more := r.take(ctx)
		if !more {
			return
		}
		begin := time.Now()
		c, err := net.DialTimeout(network(r.p.Addr), r.p.Addr, r.p.Timeout)
		if err != nil {
			r.report.loss(classify(err), "session %d: connect: %v", id, err)
			time.Sleep(5 * time.Millisecond)
			continue
		}
		r.report.add(&r.report.Connects)
		if err := r.session(ctx, c, id); err != nil {
			cat := classify(err)
			if _, bad := err.(wrongEcho); bad {
				cat = Wrong
			}
			r.report.loss(cat, "session %d (%v): %v", id, c.LocalAddr(), err)
		} else {
			r.report.done(time.Since(begin))
		}
		c.Close()
	}
}

type wrongEcho string

func (e wrongEcho) Error() string { return string(e) }

func (r *Run) session(ctx context.Context, c net.Conn, id int64) error {
	rnd := rand.New(rand.NewPCG(uint64(id), 2))
	for round := range r.p.Rounds {
		seed, size := uint64(id)<<20+uint64(round), 1+rnd.IntN(r.p.MaxBody)
		c.SetDeadline(time.Now().Add(r.p.Timeout))
		// A frame larger than what the path buffers would block both ways without this goroutine.
		sent := make(chan error, 1)
		go func() { sent <- payload.WriteTo(c, seed, int64(size)) }()
		check := payload.Checker{Seed: seed}
		_, err := io.CopyN(&check, c, int64(size))
		if serr := <-sent; serr != nil {
			return fmt.Errorf("frame %d: write: %w", round, serr)
		}
		if err != nil {
			return fmt.Errorf("frame %d: after %d of %d bytes: %w", round, check.N, size, err)
		}
		if v := check.Verdict(int64(size)); v != "" {
			return wrongEcho(fmt.Sprintf("frame %d: %s", round, v))
		}
		r.think(ctx)
	}
	c.SetDeadline(time.Now().Add(r.p.Timeout))
	if u, ok := c.(interface{ CloseWrite() error }); ok {
		u.CloseWrite()
	}
	var b [1]byte
	switch n, err := c.Read(b[:]); {
	case n > 0:
		return wrongEcho("bytes after the end")
	case err != io.EOF:
		return fmt.Errorf("instead of the end: %w", err)
	}
	return nil
}
