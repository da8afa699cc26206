package sys

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// everySeal makes a memfd immutable: no write, no resize, no further seal.
const everySeal = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE

// SealedMemfd writes the pieces one after the other into an anonymous file and
// seals it. The descriptor is close-on-exec; name shows in /proc only.
func SealedMemfd(name string, pieces ...[]byte) (int, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return -1, os.NewSyscallError("memfd_create", err)
	}
	for _, p := range pieces {
		for len(p) > 0 {
			n, err := unix.Write(fd, p)
			if err == unix.EINTR {
				continue
			}
			if err != nil {
				unix.Close(fd)
				return -1, os.NewSyscallError("write", err)
			}
			p = p[n:]
		}
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, everySeal); err != nil {
		unix.Close(fd)
		return -1, os.NewSyscallError("fcntl", err)
	}
	return fd, nil
}

// IsSealed reports whether fd is a memfd that nobody can change any more.
func IsSealed(fd int) bool {
	seals, err := unix.FcntlInt(uintptr(fd), unix.F_GET_SEALS, 0)
	return err == nil && seals&everySeal == everySeal
}

// MemfdSize is how many bytes a memfd holds.
func MemfdSize(fd int) (int64, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return 0, os.NewSyscallError("fstat", err)
	}
	return st.Size, nil
}

// SealedReader reads a sealed memfd of at most limit bytes by position.
func SealedReader(fd int, limit int64) (*io.SectionReader, error) {
	if !IsSealed(fd) {
		return nil, errors.New("sys: not a sealed memfd")
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, os.NewSyscallError("fstat", err)
	}
	if st.Size > limit {
		return nil, fmt.Errorf("sys: %d bytes are over the limit of %d", st.Size, limit)
	}
	return io.NewSectionReader(positions(fd), 0, st.Size), nil
}

// positions is a descriptor that is read by position.
type positions int

func (p positions) ReadAt(b []byte, at int64) (done int, err error) {
	for done < len(b) {
		n, err := unix.Pread(int(p), b[done:], at+int64(done))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return done, os.NewSyscallError("pread", err)
		case n == 0:
			return done, io.EOF
		default:
			done += n
		}
	}
	return done, nil
}

// ReadSealed returns the whole content of a sealed memfd, at most limit bytes.
// It reads by position: the descriptor's offset is shared with its duplicates.
func ReadSealed(fd int, limit int64) ([]byte, error) {
	if !IsSealed(fd) {
		return nil, errors.New("sys: not a sealed memfd")
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, os.NewSyscallError("fstat", err)
	}
	if st.Size > limit {
		return nil, errors.New("sys: sealed memfd larger than its limit")
	}
	b := make([]byte, st.Size)
	for done := 0; done < len(b); {
		n, err := unix.Pread(fd, b[done:], int64(done))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, os.NewSyscallError("pread", err)
		}
		if n == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		done += n
	}
	return b, nil
}
