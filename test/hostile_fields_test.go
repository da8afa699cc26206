package test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/origin"
)

// As many fields as tune.http.maxhdr lets through: ACLs look at all of them, actions
// change all of them, and it takes no longer than it must.
func TestManyFields(t *testing.T) {
	const most = 32767
	fields := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "X: v%d\r\n", i)
		}
		return b.String()
	}
	values := "X: " + strings.Repeat("a,", 100000) + "last\r\n"
	const room = "    tune.http.maxhdr 32767\n    tune.bufsize 1048576\n    tune.maxrewrite 524288\n"
	tenfold := func(rule string) string { return strings.Repeat("    http-request "+rule+"\n", 10) }
	for _, x := range []struct {
		name, global, rules, fields, want string
	}{
		// The line of the request and Host and Connection count as well.
		{"so many", "", "", fields(98), "98"},
		{"one more", "", "", fields(99), "400"},
		{"few", "    tune.http.maxhdr 10\n", "", fields(7), "7"},
		{"one more than few", "    tune.http.maxhdr 10\n", "", fields(8), "400"},
		{"the most", room, "", fields(most - 3), fmt.Sprint(most - 3)},
		{"one more than the most", room, "", fields(most - 2), "400"},
		{"the last matches", room, "    http-request deny status 500 if { req.hdr(x) v30000 }\n", fields(30001), "500"},
		{"none matches", room, strings.Repeat("    http-request deny status 500 if { req.hdr(x) -m end z y } || { hdr_reg(x) [zy]$ } || { hdr_ip(x) 10.0.0.0/8 }\n", 5), fields(30001), "30001"},
		{"a hundred ACLs of the last value", room, "    acl last hdr(x) last\n" + strings.Repeat("    http-request set-var(txn.n) hdr_cnt(x) if last !{ hdr(x) nope } !{ hdr(x,-10) b }\n", 33) + "    http-request deny status 500 if last\n", values, "500"},
		{"all are deleted", room, tenfold("del-header X") + tenfold("del-header x -m beg"), fields(30001), "0"},
		{"all are replaced", room, tenfold(`replace-header X (.*) \1y`) + "    http-request deny status 500 if !{ req.hdr(x,30001) v30000yyyyyyyyyy }\n", fields(30001), "30001"},
		{"values are replaced", room, tenfold(`replace-value X last(.*) last\1y`) + "    http-request deny status 500 if !{ req.hdr(x) lastyyyyyyyyyy }\n", values, "100001"},
		{"all become one", room, "    http-request set-header X one\n", fields(30001), "1"},
		{"one field, a thousand times", "", "    http-request set-header X one\n" + strings.Repeat("    http-request set-header X %[hdr(x)]\n    http-request replace-header X (.*) \\1\n", 500), "X: " + strings.Repeat("x", 2000) + "\r\n", "1"},
		{"more by rules than a request may have", "", strings.Repeat("    http-request add-header X y\n", 200), fields(5), "205"},
	} {
		t.Run(x.name, func(t *testing.T) {
			addr := harness.Addr(t)
			p := harness.Start(t, harness.Options{Standalone: true, Await: []string{addr}, Config: "global\n    warn-blocked-traffic-after 1s\n" + x.global + defaults +
				"frontend f\n    bind " + addr + "\n" + x.rules + text("%[req.hdr_cnt(x)]")})
			begin := time.Now()
			if got := bodyOf(t, addr, "/", x.fields); got != x.want {
				t.Errorf("%s, want %s", got, x.want)
			}
			if took := time.Since(begin); took > 3*time.Second {
				t.Errorf("it took %v", took)
			}
			if rss := harness.RSS(t, p.Pid); rss > 100<<20 {
				t.Errorf("%d MiB are resident", rss>>20)
			}
		})
	}
}

// A body of a GiB goes through rules that wait for it: they see its beginning, the
// server gets all of it, and memory stays what it was. So with one that comes in
// chunks, and with one that comes back.
func TestWaitForHugeBody(t *testing.T) {
	const size = 1 << 30
	o := origin.NewTCP(t, func(c net.Conn) {
		br := bufio.NewReaderSize(c, 1<<16)
		head, chunked, seen := "", false, ""
		for {
			line, err := br.ReadString('\n')
			if err != nil {
				return
			}
			if line == "\r\n" {
				break
			}
			head += line
			chunked = chunked || strings.HasPrefix(strings.ToLower(line), "transfer-encoding: chunked")
			if name, v, _ := strings.Cut(line, ": "); strings.EqualFold(name, "x-seen") {
				seen = strings.TrimSpace(v)
			}
		}
		switch {
		case strings.HasPrefix(head, "GET /small"):
			io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
			return
		case strings.HasPrefix(head, "GET /down"):
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size)
			zeros(c, size, nil)
			return
		}
		got := int64(0)
		if !chunked {
			got, _ = io.Copy(io.Discard, io.LimitReader(br, size))
		} else {
			for {
				line, err := br.ReadString('\n')
				n := int64(0)
				if _, scan := fmt.Sscanf(line, "%x", &n); err != nil || scan != nil || n == 0 {
					break
				}
				m, err := io.CopyN(io.Discard, br, n)
				if got += m; err != nil {
					break
				}
				br.Discard(2)
			}
			br.ReadString('\n')
		}
		answer := fmt.Sprint(got, " ", seen)
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
	})
	addr := harness.Addr(t)
	p := harness.Start(t, harness.Options{Standalone: true, Await: []string{addr}, Config: defaults + "frontend f\n    bind " + addr + `
    http-request wait-for-body time 10s
    http-request set-header x-seen %[req.body_len]
    http-response wait-for-body time 10s
    default_backend o
backend o
    server o ` + o.Addr() + "\n"})
	bodyOf(t, addr, "/small", "")
	before := harness.RSS(t, p.Pid)
	for _, x := range []struct{ name, request string }{
		{"with its length", fmt.Sprintf("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n", size)},
		{"in chunks", "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"},
		{"as an answer", "GET /down HTTP/1.1\r\nHost: test\r\n\r\n"},
	} {
		c := harness.Dial(t, addr)
		io.WriteString(c, x.request)
		largest := int64(0)
		look := func() { largest = max(largest, harness.RSS(t, p.Pid)) }
		br := bufio.NewReaderSize(c, 1<<16)
		if x.name == "as an answer" {
			if _, err := br.Peek(1); err != nil {
				t.Fatal(err)
			}
			for {
				line, err := br.ReadString('\n')
				if err != nil {
					t.Fatal(err)
				}
				if line == "\r\n" {
					break
				}
			}
			got := int64(0)
			for ; got < size; look() {
				n, err := io.CopyN(io.Discard, br, 64<<20)
				if got += n; err != nil {
					break
				}
			}
			if got != size {
				t.Errorf("%s: %d bytes arrived", x.name, got)
			}
		} else {
			if x.name == "in chunks" {
				piece := fmt.Sprintf("%x\r\n%s\r\n", 1<<20, strings.Repeat("z", 1<<20))
				for i := range size >> 20 {
					if _, err := io.WriteString(c, piece); err != nil {
						t.Fatal(err)
					}
					if i%64 == 0 {
						look()
					}
				}
				io.WriteString(c, "0\r\n\r\n")
			} else if err := zeros(c, size, look); err != nil {
				t.Fatal(err)
			}
			a, err := harness.ReadAnswer(br, "POST")
			if err != nil || a.Err != nil {
				t.Fatalf("%s: %v %+v", x.name, err, a)
			}
			var got, seen int64
			if fmt.Sscan(string(a.Body), &got, &seen); got != size || seen == 0 || seen > 1<<20 {
				t.Errorf("%s: the server got %d bytes, rules saw %d", x.name, got, seen)
			}
		}
		if grown := largest - before; grown > 16<<20 {
			t.Errorf("%s: memory grew by %d MiB", x.name, grown>>20)
		}
		c.Close()
	}
}

// zeros writes so many bytes and calls each, if not nil, now and then.
func zeros(w io.Writer, size int64, each func()) error {
	piece := make([]byte, 1<<20)
	for n := int64(0); n < size; n += int64(len(piece)) {
		if _, err := w.Write(piece); err != nil {
			return err
		}
		if each != nil && n%(64<<20) == 0 {
			each()
		}
	}
	return nil
}
