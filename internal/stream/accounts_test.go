package stream

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A stream's account has each call of a handler that was about it, from its first
// byte on, and begins anew with the next request.
func TestAccounts(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.HTTPRequest = setOf(t, "http-request", "http-request set-header x-took %[cpu_calls]/%[cpu_ns_tot]/%[cpu_ns_avg]/%[lat_ns_tot]/%[lat_ns_avg]")
	const request = "GET / HTTP/1.1\r\nhost: h\r\n\r\n"
	c := s.client()
	for i, pieces := range []int{1, len(request), 1} { // the first request begins the account
		if pieces == 1 {
			s.say(c, request)
		} else {
			s.drip(c, request)
		}
		u := s.server(0)
		got := s.want(u, "x-took: ")
		_, after, _ := strings.Cut(got, "x-took: ")
		var calls, cpu, mean, wait, late int64
		if _, err := fmt.Sscanf(after, "%d/%d/%d/%d/%d", &calls, &cpu, &mean, &wait, &late); err != nil {
			t.Fatalf("%v in %q", err, got)
		}
		if calls != int64(pieces) || i > 0 && cpu <= 0 || mean > cpu/calls+1e6 || mean < cpu/calls || wait < 0 || late != wait/calls {
			t.Errorf("request %d in %d pieces: %s", i, pieces, after)
		}
		s.say(u, answerOK)
		s.want(c, "200 OK")
	}
	s.idle()
	if n := len(s.th.accounts.touched); n != 0 {
		t.Errorf("%d streams are still held", n)
	}
}

// The usage of threads is that of their clocks: work shows, sleep does not.
func TestUsage(t *testing.T) {
	r := newReal(t, true, 2, nil, "127.0.0.1:1")
	time.Sleep(2 * usageSpan)
	if got := r.e.Usage(nil); got > 60 {
		t.Errorf("%d %% of idle threads", got)
	}
	end := time.Now().Add(300 * time.Millisecond)
	busy := make(chan struct{})
	r.e.threads[1].Post(func() {
		for time.Now().Before(end) {
		}
		close(busy)
	})
	<-busy
	one := r.e.Usage(func(i int) bool { return i == 1 })
	if one < 10 || r.e.Usage(nil) > one {
		t.Errorf("thread 2 worked: %d %%, and %d %% of all", one, r.e.Usage(nil))
	}
}
