package mworker

import "github.com/sluice-proxy/sluice/internal/sys"

// store holds a duplicate of every listening socket of the serving worker, by
// key. Nobody accepts on them; they keep the accept queues alive.
type store map[string]*descriptor

// closeKeys drops listeners that no worker serves any more.
func (s store) closeKeys(keys []string) {
	for _, k := range keys {
		if d := s[k]; d != nil {
			d.release()
			delete(s, k)
		}
	}
}

// replace makes the listeners of the worker that serves now the store's. Those
// it left out are closed here; their former holder was told to retire them.
func (s store) replace(now store) {
	for k, d := range s {
		d.release()
		delete(s, k)
	}
	for k, d := range now {
		s[k] = d
		delete(now, k)
	}
}

// genuine reports whether a descriptor that is said to be the kept listener of
// that key is one: a worker cannot slip another socket under a known name. A
// key that the store has dropped meanwhile cannot be compared.
func (s store) genuine(key string, fd int) bool {
	d := s[key]
	return sys.IsSocket(fd) && (d == nil || sys.SameSocket(d.fd, fd))
}
