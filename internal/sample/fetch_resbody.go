package sample

// resBody puts what is there of the answer's body into the arena.
func (c *Ctx) resBody() ([]byte, bool) {
	if c.Body == nil || c.Res == nil {
		return nil, false
	}
	n := len(c.Scratch)
	c.Scratch = c.Body.ResponseBody(c.Scratch)
	return c.Scratch[n:len(c.Scratch):len(c.Scratch)], true
}

func fetchResBody(c *Ctx, s *Sample) bool {
	b, ok := c.resBody()
	return ok && s.setBin(b)
}

func fetchResBodyLen(c *Ctx, s *Sample) bool {
	m := c.Mark()
	b, ok := c.resBody()
	c.Release(m)
	return ok && s.setInt(int64(len(b)))
}

func fetchResBodySize(c *Ctx, s *Sample) bool {
	if c.Body != nil && c.Res != nil {
		if n := c.Body.ResponseSize(); n >= 0 {
			return s.setInt(n)
		}
	}
	return fetchResBodyLen(c, s)
}
