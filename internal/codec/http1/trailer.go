package http1

// trailerName collects the beginning of a trailer's name in lower case: enough to know the names that are not allowed there.
type trailerName struct {
	n uint8 // length, at most one more than name holds
	b [17]byte
}

// trailer takes one byte of the trailer section and returns why it is refused, if it is. Trailers are forwarded as they came and
// therefore held to the letter of RFC 9112 §5: CR LF, no folding.
func (c *chunks) trailer(ch byte) string {
	if c.trailers++; c.trailers > maxTrailers {
		return "trailers too large"
	}
	switch c.state {
	case atTrailer:
		if ch == '\r' {
			c.state = atLastLF
			break
		}
		if c.fields++; c.fields > maxTrailerN {
			return "too many trailers"
		}
		c.name.n = 0
		c.state = inTrailerName
		fallthrough
	case inTrailerName:
		switch {
		case class[ch]&cToken != 0:
			if class[ch]&cUpper != 0 {
				ch |= 0x20
				c.odd = true // names go out in lower case
			}
			if int(c.name.n) < len(c.name.b) {
				c.name.b[c.name.n] = ch
			}
			c.name.n = min(c.name.n+1, uint8(len(c.name.b))+1)
		case ch != ':' || c.name.n == 0:
			return "invalid trailer name"
		case c.name.forbidden():
			return "forbidden trailer"
		default:
			c.state = inTrailerValue
		}
	case inTrailerValue:
		switch ch {
		case '\r':
			c.state = atTrailerLF
		case '\n', 0:
			return "invalid character in trailer"
		}
	case atTrailerLF:
		if ch != '\n' {
			return "CR without LF in trailers"
		}
		c.state = atTrailer
	}
	return ""
}

// forbidden: fields that say where a message ends, where it goes or what becomes of the connection (RFC 9110 §6.5.1). The reference lets
// Content-Length and Host through.
func (t *trailerName) forbidden() bool {
	if int(t.n) > len(t.b) {
		return false
	}
	k := lookupIDFold(t.b[:t.n])
	return k != idOther && k <= idLastOwn
}
