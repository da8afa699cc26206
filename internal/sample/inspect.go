package sample

// Inspection says how sure it is what a message is while more of it may come
// (manual 4.2, "tcp-request inspect-delay").
type Inspection struct {
	Partial bool // what there is of the message may not be all
	// Unknown is set by a fetch whose answer more of the message could change.
	Unknown bool
	NotHTTP bool // the bytes are no HTTP, whatever follows
	// ReqLen is how much of an HTTP request has come, its body included; the bytes
	// themselves are not at hand.
	ReqLen int
	// ResLen is the same of an HTTP answer.
	ResLen int
}

// unsure notes that an answer may change.
func (c *Ctx) unsure() {
	if c.Partial {
		c.Unknown = true
	}
}

// judged returns what a converter found about a message of which its input may be
// only the beginning: short says that the rest decides. A verdict is final, although
// there may be more behind the message.
func (c *Ctx) judged(s *Sample, valid, short bool) bool {
	if short && c.Partial {
		return false
	}
	c.Unknown = false
	return !short && s.setBool(valid) // the reference has no verdict of half a message either
}

// Undecided says whether what the fetch of an expression needs may still come.
func (c *Ctx) Undecided(f *Fetch) bool {
	if !c.Partial || c.NotHTTP || f.Raw {
		return false
	}
	switch f.Use {
	case UseReqHead, UseReqBody, UseReq:
		return c.Req == nil
	case UseResHead, UseResBody, UseRes:
		return c.Res == nil
	case UseEither:
		return c.Req == nil && c.Res == nil
	}
	return false
}

// fetchWaitEnd is true once the inspection is over.
func fetchWaitEnd(c *Ctx, s *Sample) bool {
	c.unsure()
	return s.setBool(!c.Partial)
}
