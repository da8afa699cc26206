package http1

// Forward moves over the bytes at the start of p that belong to the message, n of them, and returns what to send in their place. Usually
// that is those bytes themselves. The size lines of chunks are an exception: one goes out only when all of it was understood, and always in
// its plain form, without extensions, white space or leading zeros, so that whoever reads it next cannot find another size in it (RFC 9112
// §7.1.1 lets a recipient drop extensions). The names of trailers are the other: they go out in lower case, as those of all fields. out is p[:n] or a continuation of dst[:0]; it is good as long as both.
func (b *Body) Forward(dst, p []byte) (out []byte, n int, err error) {
	if b.kind != BodyChunked || b.done {
		n, err = b.Pass(p)
		return p[:n], n, err
	}
	before := *b
	if !b.inSizeLine() && !b.bare {
		b.chunks.odd = false
		if n, err = b.Pass(p); err == nil && !b.chunks.odd && !b.inSizeLine() {
			return p[:n], n, nil
		}
		*b = before
	}
	return b.rewrite(dst[:0], p)
}

// inSizeLine tells whether a part of a size line was read.
func (b *Body) inSizeLine() bool {
	c := &b.chunks
	return !b.done && c.state <= atSizeLF && (c.state != atSize || c.digits > 0)
}

// rewrite is Forward for bytes that can not go out as they came.
func (b *Body) rewrite(out, p []byte) ([]byte, int, error) {
	n := 0
	for n < len(p) && !b.done {
		was := b.chunks.state
		if was == inData {
			k := int(min(b.left, int64(len(p)-n)))
			out = append(out, p[n:n+k]...)
			b.advance(int64(k))
			n += k
			continue
		}
		n += b.control(p[n : n+1])
		if b.err != nil {
			return out, n, b.err
		}
		switch {
		case was == atSizeLF && b.chunks.state == inData:
			out = AppendChunkSize(out, int(b.left))
		case was == atSizeLF:
			out = append(out, "0\r\n"...)
		case b.bare && was >= atTrailer && was <= atTrailerLF && b.chunks.state != atLastLF:
			// of a trailer
		case was > atSizeLF:
			out = append(out, p[n-1])
			if b.chunks.state == inTrailerName {
				lower(out[len(out)-1:])
			}
		}
	}
	return out, n, nil
}
