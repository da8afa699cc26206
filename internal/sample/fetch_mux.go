package sample

// Fetches of streams as the connections below them see them (manual 7.3.4, fs.* and
// bs.*). A connection of HTTP/1 carries one after the other; what resets a stream
// alone it does not have.

// compileStreamID compiles fs.id and bs.id.
func compileStreamID(server bool) func([]Arg, *Scope) (Eval, error) {
	return ofStream(func(a Actor, s *Sample) bool {
		n, ok := a.StreamID(server)
		return ok && s.setInt(n)
	})
}

// fetchNoReset compiles fs.rst_code and bs.rst_code, which have a value in HTTP/2 and
// HTTP/3 only.
func fetchNoReset(*Ctx, *Sample) bool { return false }

// fetchSavedSYN gives the packet with which the client's connection began.
func fetchSavedSYN(c *Ctx, s *Sample) bool {
	if c.Stream == nil {
		return false
	}
	b := c.bytes(maxSavedSYN)
	if b == nil {
		return false
	}
	n := c.Stream.SavedSYN(b)
	return n > 0 && s.setBin(c.keep(b, n))
}

// maxSavedSYN has room for the largest headers of the link, of IP and of TCP.
const maxSavedSYN = 256

// fetchWaiting gives the rule for which the stream waited when it ended.
func fetchWaiting(c *Ctx, s *Sample) bool {
	if c.Stream == nil {
		return false
	}
	file, line := c.Stream.WaitingRule()
	return c.setPlace(s, file, line)
}
