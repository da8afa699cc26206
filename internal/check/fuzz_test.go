package check

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// said is a connection on which a server said some bytes and left.
type said struct {
	net.Conn
	rest []byte
	step int // bytes at a time
}

func (s *said) Read(b []byte) (int, error) {
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), s.step)], s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (s *said) Write(b []byte) (int, error) { return len(b), nil }
func (s *said) Close() error                { return nil }
func (s *said) SetDeadline(time.Time) error { return nil }

// Whatever a server says, in whatever pieces: a check ends with a result, and in
// the same one.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{"+PONG\r\n", "220 x\r\n250-a\r\n250 b\r\n221 c\r\n", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"R\x00\x00\x00\x08\x00\x00\x00\x00", "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00", "\x4a\x00\x00\x00\x0a8.0.19\x00",
		"\x00\x00\x00\x14\x65\x00\x00\x00\x01\x00\x00\x07version\x08\x032.0", "\x16\x03\x00\x00\x4a", "maint\n"} {
		f.Add([]byte(s))
		for i := range s {
			f.Add([]byte(s[:i]))
		}
	}
	var scripts []*Script
	for _, c := range []config.CheckSpec{
		{Type: "redis-check"}, {Type: "smtpchk"}, {Type: "pgsql-check", Args: []string{"user", "u"}}, {Type: "mysql-check", Args: []string{"user", "u"}},
		{Type: "mysql-check"}, {Type: "ldap-check"}, {Type: "spop-check"}, {Type: "ssl-hello-chk"}, {Type: "httpchk"},
		{Type: "httpchk", HTTP: []*config.Setting{{Words: []string{"expect", "rstring", "l+"}}}},
		{Type: "httpchk", HTTP: []*config.Setting{{Words: []string{"expect", "hdr", "name", "-m", "reg", "e", "value", "-m", "sub", "c"}}}},
		{Type: "tcp-check", TCP: []*config.Setting{{Words: []string{"expect", "rbinary", "^2B"}}, {Words: []string{"expect", "on-error", "%[res.payload(3,9)]", "string", "x"}}}},
	} {
		s, fault := Compile(&c, &sample.Scope{}, nil)
		if fault != nil {
			f.Fatal(fault.Text)
		}
		scripts = append(scripts, s)
	}
	scripts = append(scripts, AgentScript(""))
	f.Fuzz(func(t *testing.T, answer []byte) {
		for i, s := range scripts {
			var results [2]Result
			for j, step := range []int{1 << 16, 1} {
				spec := Spec{Target: Target{Network: "tcp", Address: "127.0.0.1:80"}, Backend: "b", Server: "s", Script: s, Inter: time.Minute}
				results[j] = spec.check(func(string, string, time.Duration) (net.Conn, error) { return &said{rest: answer, step: step}, nil })
				results[j].agent = nil
				if Describe(results[j].Status) == results[j].Status {
					t.Fatalf("script %d: status %q", i, results[j].Status)
				}
			}
			// What comes after the answer to one step may count for the next or not: how
			// it was cut decides that for scripts of several questions.
			if several := i == 1 || i == 3 || i == 8 || i > 8; !several && results[0] != results[1] {
				t.Fatalf("script %d: whole %+v, in bytes %+v", i, results[0], results[1])
			}
		}
	})
}
