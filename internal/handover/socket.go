package handover

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Command is what a client sends to a stats socket.
const Command = "_getsocks"

const (
	// perMessage is the number of descriptors that HAProxy puts into one message.
	perMessage = 252
	// maxSockets bounds what a peer can make this process hold.
	maxSockets = 1 << 18
	// maxDescription is the largest data of one socket: two names and the options.
	maxDescription = 1 + 255 + 1 + 255 + 4
)

// Socket is a listening socket on its way.
type Socket struct {
	FD        int
	Namespace string // network namespace, "" for the process's own
	Interface string // that it is restricted to, "" for all
}

func (s *Socket) append(b []byte) []byte {
	b = append(append(b, byte(len(s.Namespace))), s.Namespace...)
	b = append(append(b, byte(len(s.Interface))), s.Interface...)
	return append(b, 0, 0, 0, 0)
}

var errDescription = errors.New("handover: sockets and their descriptions do not fit")

// describe reads the descriptions of the sockets that came with one message.
func describe(data []byte, fds []int) ([]Socket, error) {
	name := func() (string, bool) {
		if len(data) < 1 || len(data) < 1+int(data[0]) {
			return "", false
		}
		n := int(data[0])
		s := string(data[1 : 1+n])
		data = data[1+n:]
		return s, true
	}
	list := make([]Socket, 0, len(fds))
	for _, fd := range fds {
		namespace, ok1 := name()
		device, ok2 := name()
		if !ok1 || !ok2 || len(data) < 4 {
			return nil, errDescription
		}
		data = data[4:]
		list = append(list, Socket{fd, namespace, device})
	}
	if len(data) > 0 {
		return nil, errDescription
	}
	return list, nil
}

// Send gives duplicates of the sockets to the client on conn, which has asked.
// The client has a second for each message.
func Send(conn *net.UnixConn, sockets []Socket) error {
	defer conn.SetDeadline(time.Time{})
	conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := conn.Write(binary.NativeEndian.AppendUint32(nil, uint32(len(sockets)))); err != nil {
		return err
	}
	for len(sockets) > 0 {
		n := min(len(sockets), perMessage)
		var data []byte
		var fds []int
		for i := range sockets[:n] {
			s := &sockets[i]
			if len(s.Namespace) > 255 || len(s.Interface) > 255 {
				return errDescription
			}
			data = s.append(data)
			fds = append(fds, s.FD)
		}
		conn.SetDeadline(time.Now().Add(time.Second))
		if _, _, err := conn.WriteMsgUnix(data, syscall.UnixRights(fds...), nil); err != nil {
			return err
		}
		var had [4]byte
		if _, err := io.ReadFull(conn, had[:]); err != nil {
			return fmt.Errorf("handover: the client did not confirm: %w", err)
		}
		sockets = sockets[n:]
	}
	return nil
}

// Receive asks the process behind the stats socket at path for its listening
// sockets. Each answer may take as long as wait. The caller owns the
// descriptors, which close on exec.
func Receive(path string, wait time.Duration) (list []Socket, err error) {
	defer func() {
		if err != nil {
			for _, s := range list {
				sys.Close(s.FD)
			}
			list = nil
		}
	}()
	conn, err := net.DialTimeout("unix", path, wait)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	c := conn.(*net.UnixConn)
	c.SetDeadline(time.Now().Add(wait))
	if _, err := io.WriteString(c, Command+"\n"); err != nil {
		return nil, err
	}
	var head [4]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return nil, fmt.Errorf("handover: no sockets from %s (is it a stats socket with 'expose-fd listeners'?): %w", path, err)
	}
	total := binary.NativeEndian.Uint32(head[:])
	if total > maxSockets {
		return nil, fmt.Errorf("handover: %d sockets offered, at most %d taken", total, maxSockets)
	}
	data := make([]byte, perMessage*maxDescription)
	oob := make([]byte, syscall.CmsgSpace(4*sys.MaxRights))
	for len(list) < int(total) {
		c.SetDeadline(time.Now().Add(wait))
		n, oobn, flags, _, err := c.ReadMsgUnix(data, oob)
		if err != nil { // the numbers are -1 then
			return list, err
		}
		got, perr := rights(oob[:oobn])
		sockets, derr := describe(data[:n], got)
		switch {
		case perr == nil && n == 0:
			err = io.ErrUnexpectedEOF
		case flags&syscall.MSG_CTRUNC != 0:
			err = sys.ErrRightsDropped
		case derr != nil || len(got) == 0 || len(list)+len(got) > int(total):
			err = errDescription
		}
		if err = errors.Join(err, perr); err != nil {
			sys.CloseAll(got)
			return list, err
		}
		had := binary.NativeEndian.AppendUint32(nil, uint32(len(list)))
		list = append(list, sockets...)
		// HAProxy before 3.0 leaves without waiting for the last confirmation.
		if _, err := c.Write(had); err != nil && len(list) < int(total) {
			return list, err
		}
	}
	return list, nil
}

// rights returns the descriptors of a message.
func rights(oob []byte) ([]int, error) {
	blocks, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	var fds []int
	for i := range blocks {
		if blocks[i].Header.Level != syscall.SOL_SOCKET || blocks[i].Header.Type != syscall.SCM_RIGHTS {
			continue
		}
		more, err := syscall.ParseUnixRights(&blocks[i])
		fds = append(fds, more...)
		if err != nil {
			return fds, err
		}
	}
	return fds, nil
}
