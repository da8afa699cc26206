package proxy

// Limit is how many clients may be connected at once: "maxconn", or what was set
// since.
func (f *Frontend) Limit() int64 {
	if n := f.maxSet.Load(); n > 0 {
		return n - 1
	}
	return f.MaxConn
}

// SetMaxConn changes the limit; 0: nobody more is accepted.
func (f *Frontend) SetMaxConn(n int64) { f.maxSet.Store(n + 1) }

// nobody enters: the limit was set to 0, which from the configuration means none.
const nobody = 1

// Enter takes the place of a client unless all are taken.
func (f *Frontend) Enter() bool {
	return f.maxSet.Load() != nobody && f.Conns.TryAdd(f.Limit())
}

// Room tells whether a place is free.
func (f *Frontend) Room() bool { return f.Conns.Load() < f.Limit() }
