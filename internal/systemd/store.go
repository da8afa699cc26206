package systemd

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Store is the manager's store of descriptors (FDSTORE=1), used for listening
// sockets: the manager keeps a copy of each, and passes them to the next process
// of the service when this one ends, however it ends. Clients that wait to be
// accepted go on waiting.
//
// A socket is stored under "sluice/<number>/<key>". The number grows with every
// socket stored, so that a new socket of a known key is there before the old one
// goes, and a process that is killed in between leaves the newer one. Its methods
// are not to be called at the same time.
type Store struct {
	notify *Notifier
	limit  int
	stored map[string]copied // by key
	stale  []string          // names to be removed
	number int
}

// copied is a socket the manager has.
type copied struct {
	name   string
	socket uint64 // its identity; see sys.SocketID
}

const storePrefix = "sluice/"

// OpenStore returns the store, and by key the sockets of it that this process
// was started with, which the caller closes. They are taken out of inherited,
// which has every socket this process was started with as "fd@<number>". The
// store is nil where the manager offers none: FDSTORE in the environment is how
// many descriptors it takes. systemd sets it from version 254 on; for older ones
// the unit can, to the value of its FileDescriptorStoreMax.
func OpenStore(n *Notifier, inherited map[string]int) (*Store, map[string]int) {
	limit, err := strconv.Atoi(os.Getenv("FDSTORE"))
	if err != nil || limit <= 0 || n == nil {
		return nil, nil
	}
	s := &Store{notify: n, limit: limit, stored: map[string]copied{}}
	return s, s.takeBack(passed(), inherited)
}

// passed returns the descriptors that this process was started with by the names
// that the manager gave them, per sd_listen_fds(3).
func passed() map[int]string {
	count, err := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if err != nil || count <= 0 || os.Getenv("LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return nil
	}
	names := map[int]string{}
	for i, name := range strings.Split(os.Getenv("LISTEN_FDNAMES"), ":") {
		if i < count {
			names[firstPassed+i] = name
		}
	}
	return names
}

const firstPassed = 3

// takeBack sorts out what was passed. Of two sockets with one key the newer one
// counts.
func (s *Store) takeBack(names map[int]string, inherited map[string]int) map[string]int {
	listeners, numbers := map[string]int{}, map[string]int{}
	for _, fd := range slices.Sorted(maps.Keys(names)) {
		name := names[fd]
		number, key, ok := parseName(name)
		if !ok {
			continue // a socket unit's
		}
		sys.SetCloseOnExec(fd)
		delete(inherited, fmt.Sprintf("fd@%d", fd))
		s.number = max(s.number, number)
		if !sys.IsSocket(fd) || number < numbers[key] {
			s.stale = append(s.stale, name)
			sys.Close(fd)
			continue
		}
		if old, twice := listeners[key]; twice {
			s.stale = append(s.stale, s.stored[key].name)
			sys.Close(old)
		}
		id, _ := sys.SocketID(fd)
		listeners[key], numbers[key] = fd, number
		s.stored[key] = copied{name, id}
	}
	return listeners
}

// Keep makes these sockets, by key, what the manager has. Those that it had
// beyond them are gone from it when Keep returns, unless it does not answer. The
// error says which sockets it does not have and why.
func (s *Store) Keep(listeners map[string]int) error {
	if s == nil {
		return nil
	}
	for key, c := range s.stored {
		fd, wanted := listeners[key]
		if id, err := sys.SocketID(fd); !wanted || err != nil || id != c.socket {
			s.stale = append(s.stale, c.name)
			delete(s.stored, key)
		}
	}
	missing := s.add(listeners)
	if err := s.removeStale(); err != nil {
		return err
	}
	return missing
}

// add gives the manager what it does not have.
func (s *Store) add(listeners map[string]int) (missing error) {
	for _, key := range slices.Sorted(maps.Keys(listeners)) {
		if _, known := s.stored[key]; known || strings.HasPrefix(key, "fd@") {
			continue // "fd@" is a socket unit's: it comes back by itself
		}
		if len(s.stored)+len(s.stale) >= s.limit {
			if err := s.removeStale(); err != nil {
				return err
			}
		}
		name, ok := formatName(s.number+1, key)
		switch {
		case !ok:
			missing = fmt.Errorf("the name of listener '%s' is too long", key)
			continue
		case len(s.stored) >= s.limit:
			return fmt.Errorf("listener '%s' is more than it takes (FileDescriptorStoreMax, %d)", key, s.limit)
		}
		id, err := sys.SocketID(listeners[key])
		if err == nil {
			// Without FDPOLL=0 the manager drops a socket that does not listen, as it is
			// while the service pauses.
			err = s.notify.pass("FDSTORE=1\nFDPOLL=0\nFDNAME="+name, listeners[key])
		}
		if err != nil {
			return fmt.Errorf("listener '%s': %w", key, err)
		}
		s.number++
		s.stored[key] = copied{name, id}
	}
	return missing
}

// removeStale waits until the manager has closed its copies.
func (s *Store) removeStale() error {
	if len(s.stale) == 0 {
		return nil
	}
	for len(s.stale) > 0 {
		if err := s.notify.pass("FDSTOREREMOVE=1\nFDNAME=" + s.stale[0]); err != nil {
			return err
		}
		s.stale = s.stale[1:]
	}
	return s.notify.barrier()
}

// formatName writes a name of a descriptor: at most 255 printable ASCII
// characters, no colon.
func formatName(number int, key string) (name string, ok bool) {
	b := []byte(storePrefix + strconv.Itoa(number) + "/")
	for _, c := range []byte(key) {
		if c <= ' ' || c >= 0x7f || c == ':' || c == '%' {
			b = fmt.Appendf(b, "%%%02X", c)
		} else {
			b = append(b, c)
		}
	}
	return string(b), len(b) <= 255
}

func parseName(name string) (number int, key string, ok bool) {
	rest, ours := strings.CutPrefix(name, storePrefix)
	digits, escaped, slash := strings.Cut(rest, "/")
	number, err := strconv.Atoi(digits)
	if !ours || !slash || err != nil || number <= 0 {
		return 0, "", false
	}
	b := make([]byte, 0, len(escaped))
	for i := 0; i < len(escaped); i++ {
		c := escaped[i]
		if c == '%' {
			if i+2 >= len(escaped) {
				return 0, "", false
			}
			v, err := strconv.ParseUint(escaped[i+1:i+3], 16, 8)
			if err != nil {
				return 0, "", false
			}
			c, i = byte(v), i+2
		}
		b = append(b, c)
	}
	return number, string(b), true
}

// rights is the control message that carries descriptors.
func rights(fds []int) []byte {
	if len(fds) == 0 {
		return nil
	}
	return syscall.UnixRights(fds...)
}
