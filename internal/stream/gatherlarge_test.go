package stream

import (
	"fmt"
	"strings"
	"testing"
)

// With large buffers rules wait for bodies that no other buffer holds, whole and in
// pieces of any size, and pass them on as they came.
func TestGatherLarge(t *testing.T) {
	const most = 300 << 10
	large := func(s *sim) { s.th.e.tune.LargeBuf, s.th.MaxKept = most, 4*most }
	body := func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "%07d ", i)
		}
		return b.String()[:n]
	}
	for _, size := range []int{1, 20 << 10, 70 << 10, 250 << 10, most - 1, most + 100<<10} {
		for _, piece := range []int{1 << 20, 60 << 10, 999} {
			name := fmt.Sprintf("%d in pieces of %d", size, piece)
			all := body(size)
			waits := func(who string, x *end, said func() int, send func(string)) {
				for at := 0; at < size; at += piece {
					if got := said() > 0; got != (at >= most) && at+piece < most {
						t.Fatalf("%s: %s heard of it after %d bytes: %v", name, who, at, got)
					}
					send(all[at:min(at+piece, size)])
				}
			}
			s := newSim(t, true, 1, func(s *sim) {
				s.fe.HTTPRequest = rules(t, "http-request wait-for-body time 1s use-large-buffer", "http-request set-header x-len %[req.body_len]")
				s.be.HTTPResponse = answerRules(t, "http-response wait-for-body time 1s use-large-buffer", "http-response set-header x-len %[res.body_len]")
			})
			large(s)
			c := s.client()
			s.say(c, fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", size))
			waits("the server", c, func() int { return len(s.made) }, func(p string) { s.say(c, p) })
			u := s.server(0)
			got := string(u.got)
			if _, sent, _ := strings.Cut(got, "\r\n\r\n"); sent != all || size < most && !strings.Contains(got, fmt.Sprintf("\r\nx-len: %d\r\n", size)) {
				t.Fatalf("%s: the server got %d bytes of %d, %.150q", name, len(sent), size, got)
			}
			s.say(u, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size))
			waits("the client", u, func() int { return len(c.got) }, func(p string) { s.say(u, p) })
			got = string(c.got)
			if _, sent, _ := strings.Cut(got, "\r\n\r\n"); sent != all || size < most && !strings.Contains(got, fmt.Sprintf("\r\nx-len: %d\r\n", size)) {
				t.Fatalf("%s: the client got %d bytes of %d, %.150q", name, len(sent), size, got)
			}
			// The connections go on, and hold nothing.
			s.say(c, "GET /next HTTP/1.1\r\nHost: h\r\n\r\n")
			if !strings.HasSuffix(string(u.got), "\r\n\r\n") || !strings.Contains(string(u.got), "GET /next") {
				t.Fatalf("%s: the next request got lost", name)
			}
		}
	}
}
