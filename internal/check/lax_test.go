package check

import (
	"testing"
	"testing/synctest"
)

// A check takes the answers that the backend takes.
func TestLaxAnswer(t *testing.T) {
	for _, x := range []struct {
		lax  bool
		want string
	}{{true, "L7OK"}, {false, "SOCKERR"}} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{script: []string{`rxreq`, `send HTTP/1.1 200 OK\r\nX Odd: 1\r\nContent-Length: 0\r\n\r\n`, `close`}}
			s := spec(t, "lax", []string{"option httpchk"})
			s.Lax = x.lax
			r := s.check(f.dial)
			f.ended.Wait()
			if r.Status != x.want {
				t.Errorf("lax %v: %s %s", x.lax, r.Status, r.Info)
			}
		})
	}
}
