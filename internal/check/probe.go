package check

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
)

// HTTP says what a layer 7 check sends and wants.
type HTTP struct {
	Request []byte
	Method  http1.Method
	// Expect judges the answer's status; nil wants 2xx or 3xx.
	Expect func(status int) bool
	// Want says in words what Expect wants, for the report.
	Want string
}

// maxAnswer bounds what is read of an answer's head.
const maxAnswer = 16 << 10

func (c *Checker) probe() Result {
	limit := c.spec.Inter
	if c.spec.Connect > 0 && c.spec.Connect < limit {
		limit = c.spec.Connect
	}
	began := time.Now()
	conn, err := c.dial(c.spec.Network, c.spec.Address, limit)
	if err != nil {
		return connectResult(err)
	}
	defer func() {
		if tc, ok := conn.(*net.TCPConn); ok {
			_ = tc.SetLinger(0) // leave no TIME_WAIT behind, the answer was read
		}
		conn.Close()
	}()
	if !c.announce(conn) {
		return Result{Status: "SOCKERR", Info: "cannot send the PROXY protocol header"}
	}
	if c.spec.HTTP == nil {
		return Result{OK: true, Status: "L4OK"}
	}
	deadline := began.Add(c.spec.Inter)
	if c.spec.Read > 0 {
		deadline = time.Now().Add(c.spec.Read)
	}
	_ = conn.SetDeadline(deadline)
	return c.spec.HTTP.exchange(conn)
}

// announce says, where the server wants that, that the connection is our own.
func (c *Checker) announce(conn net.Conn) bool {
	var b []byte
	switch c.spec.SendProxy {
	case 0:
		return true
	case 1: // which has no word for it: the connection's own ends
		b = proxyproto.AppendV1(nil, addrPort(conn.LocalAddr()), addrPort(conn.RemoteAddr()))
	default:
		b = proxyproto.AppendV2(nil, netip.AddrPort{}, netip.AddrPort{})
	}
	_, err := conn.Write(b)
	return err == nil
}

// addrPort is the zero AddrPort for what is no TCP address.
func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		ap := t.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	return netip.AddrPort{}
}

func connectResult(err error) Result {
	var ne net.Error
	var se *os.SyscallError
	switch {
	case errors.As(err, &ne) && ne.Timeout():
		return Result{Status: "L4TOUT"}
	case errors.As(err, &se) && se.Syscall == "socket":
		return Result{Status: "SOCKERR", Info: reason(err)}
	}
	return Result{Status: "L4CON", Info: reason(err)}
}

// reason is the error's last and plainest words, as strerror has them.
func reason(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		s := errno.Error()
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return err.Error()
}

func (h *HTTP) exchange(conn net.Conn) Result {
	if _, err := conn.Write(h.Request); err != nil {
		return readResult(err)
	}
	var head http1.Head
	limits := http1.Limits{MaxHead: maxAnswer}
	buf := make([]byte, 0, 2048)
	for {
		head.Reset()
		n, err := head.ParseResponse(buf, &limits, h.Method)
		if err != nil {
			return Result{Status: "L7RSP", Info: "invalid HTTP response"}
		}
		if n > 0 && (head.Status >= 200 || head.Status == 101) { // after 101 comes no more HTTP
			return h.judge(head.Status, string(head.Reason()))
		}
		if n > 0 { // 1xx: the answer is still to come
			buf = append(buf[:0], buf[n:]...)
			continue
		}
		if len(buf) >= maxAnswer {
			return Result{Status: "L7RSP", Info: "HTTP response too large"}
		}
		chunk := make([]byte, 2048)
		k, err := conn.Read(chunk)
		buf = append(buf, chunk[:k]...)
		if err != nil && k == 0 {
			return readResult(err)
		}
	}
}

func readResult(err error) Result {
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		return Result{Status: "L7TOUT"}
	}
	return Result{Status: "L7RSP", Info: reason(err)}
}

func (h *HTTP) judge(status int, words string) Result {
	ok := status >= 200 && status < 400
	if h.Expect != nil {
		ok = h.Expect(status)
	}
	r := Result{OK: ok, Status: "L7OK", Code: status}
	if !ok {
		r.Status, r.Info = "L7STS", words
		if h.Want != "" {
			r.Info = fmt.Sprintf("HTTP status check returned code <%d>, want %s", status, h.Want)
		}
	}
	return r
}
