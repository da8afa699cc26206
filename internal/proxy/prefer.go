package proxy

// prefers tells whether a stream whose client keeps a connection to s of its own
// goes there ("option prefer-last-server"), whatever the algorithm would say: not
// if that looks at the request, nor into a queue of more than
// "max-keep-alive-queue". It may be called with the lock only.
func (b *Backend) prefers(s *Server) bool {
	if s == nil || s.Backend != b || !s.usable || !b.fickle {
		return false
	}
	return s.open() || s.roomToWait() && (b.KeepAliveQueue < 0 || s.waits.Load() < b.KeepAliveQueue)
}
