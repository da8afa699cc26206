package http1

// chunks is the state of the chunked coding between two bytes (RFC 9112 §7.1). The bytes are forwarded as they came, so the syntax is the
// strict one: a server behind must find the same ends. The reference writes its own framing and can afford more in trailers (LF alone,
// folding); elsewhere it is as strict, since 3.x.
type chunks struct {
	state    chunkState
	digits   uint8
	odd      bool // a size line or the name of a trailer was seen that does not go out as it came
	fields   uint16
	line     uint32 // bytes of the current size line
	trailers uint32 // bytes of all trailers
	name     trailerName
}

type chunkState uint8

const (
	atSize    chunkState = iota // before or within the hexadecimal size
	atSizeGap                   // white space after the size
	inExt
	inQuote
	inEscape
	atSizeLF
	inData
	atDataCR
	atDataLF
	atTrailer // start of a trailer line
	inTrailerName
	inTrailerValue
	atTrailerLF
	atLastLF
)

const (
	maxSizeDigits = 16        // leading zeros included; the reference allows any number
	maxChunk      = 1<<52 - 1 // as the reference
	maxSizeLine   = 16384     // about what the reference allows
	maxTrailers   = DefaultMaxHead
	maxTrailerN   = DefaultMaxFields - 1
)

// control moves over bytes that are framing, until content follows, the body is complete, p is used up, or b.err is set. It returns how many
// bytes were sound.
func (b *Body) control(p []byte) int {
	c := &b.chunks
	i := 0
	for ; i < len(p); i++ {
		ch := p[i]
		switch c.state {
		case atSize:
			d, ok := hexDigit(ch)
			switch {
			case ok:
				c.odd = c.odd || c.digits > 0 && b.left == 0 // a leading zero
				if c.digits++; c.digits > maxSizeDigits {
					return b.refuse("chunk size too long", i)
				}
				if b.left = b.left<<4 | int64(d); b.left > maxChunk {
					return b.refuse("chunk size too large", i)
				}
			case c.digits == 0:
				return b.refuse("invalid chunk size", i)
			case ch == '\r':
				c.state = atSizeLF
			case ch == ';':
				c.state, c.odd = inExt, true
			case isBlank(ch):
				c.state, c.odd = atSizeGap, true
			default:
				return b.refuse("invalid chunk size", i)
			}
		case atSizeGap:
			switch {
			case ch == '\r':
				c.state = atSizeLF
			case ch == ';':
				c.state = inExt
			case !isBlank(ch):
				return b.refuse("invalid chunk size", i)
			}
		case inExt:
			switch {
			case ch == '\r':
				c.state = atSizeLF
			case ch == '"':
				c.state = inQuote
			case class[ch]&cExt == 0 || ch == '\\':
				return b.refuse("invalid chunk extension", i)
			}
		case inQuote, inEscape:
			switch {
			case class[ch]&cExt == 0:
				return b.refuse("invalid chunk extension", i)
			case c.state == inEscape:
				c.state = inQuote
			case ch == '\\':
				c.state = inEscape
			case ch == '"':
				c.state = inExt
			}
		case atSizeLF:
			if ch != '\n' {
				return b.refuse("CR without LF in chunk size", i)
			}
			c.digits, c.line = 0, 0
			if b.left == 0 {
				c.state = atTrailer
				continue
			}
			c.state = inData
			b.pos += int64(i + 1)
			return i + 1
		case atDataCR:
			if ch != '\r' {
				return b.refuse("chunk longer than its size", i)
			}
			c.state = atDataLF
		case atDataLF:
			if ch != '\n' {
				return b.refuse("CR without LF after chunk", i)
			}
			c.state = atSize
		case atLastLF:
			if ch != '\n' {
				return b.refuse("CR without LF in trailers", i)
			}
			b.done = true
			b.pos += int64(i + 1)
			return i + 1
		default:
			if reason := c.trailer(ch); reason != "" {
				return b.refuse(reason, i)
			}
		}
		if c.state <= inEscape {
			if c.line++; c.line > maxSizeLine {
				return b.refuse("chunk extension too long", i)
			}
		}
	}
	b.pos += int64(i)
	return i
}

// refuse sets the error for the byte at i.
func (b *Body) refuse(reason string, i int) int {
	b.fail(reason, i)
	b.pos += int64(i)
	return i
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// LastChunk ends a chunked body without trailers.
const LastChunk = "0\r\n\r\n"

// AppendChunk writes data as one chunk. Empty data writes nothing, for an empty chunk would be the last one.
func AppendChunk(dst, data []byte) []byte {
	if len(data) == 0 {
		return dst
	}
	dst = AppendChunkSize(dst, len(data))
	dst = append(dst, data...)
	return append(dst, '\r', '\n')
}

// AppendChunkSize writes the line before n bytes of content, n > 0; "\r\n" goes behind them.
func AppendChunkSize(dst []byte, n int) []byte {
	const hex = "0123456789ABCDEF"
	shift := 0
	for n>>shift > 15 {
		shift += 4
	}
	for ; shift >= 0; shift -= 4 {
		dst = append(dst, hex[n>>shift&15])
	}
	return append(dst, '\r', '\n')
}
