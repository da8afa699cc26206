package sample

// ServerConn is what is known of the connection to the server.
type ServerConn struct {
	Open   bool // there is, or was, one
	Reused bool // it had served another stream before
}

func fetchReused(c *Ctx, s *Sample) bool { return s.setBool(c.ServerConn.Open && c.ServerConn.Reused) }

// fetchOne is for what HTTP/1 and TCP have one of: the major version, streams of
// a connection at a time, the limit of these.
func fetchOne(_ *Ctx, s *Sample) bool { return s.setInt(1) }

func fetchOneOfServer(c *Ctx, s *Sample) bool { return c.ServerConn.Open && s.setInt(1) }
