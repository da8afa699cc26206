package sample

import "syscall"

// ConnError is what happened to a connection (manual 7.3.3, "fc_err_str"): its number.
type ConnError uint8

// connErrors are the errors that connections without TLS have.
var connErrors = [...]struct {
	code       ConnError
	errno      syscall.Errno // 0: it is no system call that fails
	name, text string
}{
	{0, 0, "", "Success"},
	{2, syscall.EMFILE, "PROC_FDLIM", "Too many sockets on the process"},
	{3, syscall.ENFILE, "SYS_FDLIM", "Too many sockets on the system"},
	{5, syscall.EAFNOSUPPORT, "NOPROTO", "Protocol or address family not supported"},
	{6, 0, "SOCK_ERR", "General socket error"},
	{8, syscall.EACCES, "CANT_BIND", "Can't bind to source address"},
	{9, syscall.EADDRNOTAVAIL, "FREE_PORTS", "Out of local source ports on the system"},
	{10, syscall.EADDRINUSE, "ADDR_INUSE", "Local source address already in use"},
	{11, 0, "PRX_EMPTY", "Connection closed while waiting for PROXY protocol header"},
	{12, 0, "PRX_ABORT", "Connection error while waiting for PROXY protocol header"},
	{13, 0, "PRX_TIMEOUT", "Timeout while waiting for PROXY protocol header"},
	{14, 0, "PRX_TRUNCATED", "Truncated PROXY protocol header received"},
	{15, 0, "PRX_NOT_HDR", "Received something which does not look like a PROXY protocol header"},
	{16, 0, "PRX_BAD_HDR", "Received an invalid PROXY protocol header"},
	{17, 0, "PRX_BAD_PROTO", "Received an unhandled protocol in the PROXY protocol header"},
	{18, 0, "CIP_EMPTY", "Connection closed while waiting for NetScaler Client IP header"},
	{19, 0, "CIP_ABORT", "Connection error while waiting for NetScaler Client IP header"},
	{20, 0, "CIP_TIMEOUT", "Timeout while waiting for a NetScaler Client IP header"},
	{21, 0, "CIP_TRUNCATED", "Truncated NetScaler Client IP header received"},
	{22, 0, "CIP_BAD_MAGIC", "Received an invalid NetScaler Client IP magic number"},
	{23, 0, "CIP_BAD_PROTO", "Received an unhandled protocol in the NetScaler Client IP header"},
	{41, 0, "SOCKS4_DENY", "SOCKS4 Proxy deny the request"},
	{46, syscall.ECONNREFUSED, "EREFUSED", "ECONNREFUSED returned by OS"},
	{47, syscall.ECONNRESET, "ERESET", "ECONNRESET returned by OS"},
	{48, syscall.ENETUNREACH, "EUNREACH", "ENETUNREACH returned by OS"},
	{49, syscall.ENOMEM, "ENOMEM", "ENOMEM returned by OS"},
	{50, syscall.EBADF, "EBADF", "EBADF returned by OS"},
	{51, syscall.EFAULT, "EFAULT", "EFAULT returned by OS"},
	{52, syscall.EINVAL, "EINVAL", "EINVAL returned by OS"},
	{53, syscall.ENOTCONN, "ENCONN", "ENCONN returned by OS"},
	{54, syscall.ENOTSOCK, "ENSOCK", "ENSOCK returned by OS"},
	{55, syscall.ENOBUFS, "ENOBUFS", "ENOBUFS returned by OS"},
	{56, syscall.EPIPE, "EPIPE", "EPIPE returned by OS"},
}

// Those that no system call reports.
const (
	ErrSocket ConnError = 6
	ErrSocks4 ConnError = 41
)

// ConnErrorOf is the error of a system call; 0 is success.
func ConnErrorOf(errno syscall.Errno) ConnError {
	if errno == syscall.EHOSTUNREACH {
		errno = syscall.ENETUNREACH
	}
	for i := range connErrors {
		if e := &connErrors[i]; e.errno == errno {
			return e.code
		}
	}
	return ErrSocket
}

// ConnErrorFor is the error of a message; 0: there is none of that text.
func ConnErrorFor(text string) ConnError {
	for i := range connErrors {
		if connErrors[i].text == text {
			return connErrors[i].code
		}
	}
	return 0
}

func (e ConnError) describe() (name, text string) {
	for i := range connErrors {
		if connErrors[i].code == e {
			return connErrors[i].name, connErrors[i].text
		}
	}
	return "", ""
}

// connError is the error of a connection; false: there is none to a server.
func (c *Ctx) connError(server bool) (ConnError, bool) {
	if c.Stream == nil {
		return c.ClientError, !server
	}
	return c.Stream.ConnError(server)
}

// compileConnErr compiles fc_err and bc_err.
func compileConnErr(server bool) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		e, ok := c.connError(server)
		return ok && s.setInt(int64(e))
	})
}

// compileConnErrText compiles fc_err_name and fc_err_str, and those of the server.
func compileConnErrText(server, name bool) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		e, ok := c.connError(server)
		short, text := e.describe()
		if name {
			text = short
		}
		b := c.bytes(len(text))
		return ok && b != nil && s.setStr(append(b[:0], text...))
	})
}
