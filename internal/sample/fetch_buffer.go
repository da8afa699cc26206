package sample

// Fetches on the bytes that wait in the request channel (manual 7.3.5).

func fetchReqLen(c *Ctx, s *Sample) bool { return s.setInt(int64(len(c.Payload))) }

// compileReqPayload takes a[1] bytes at offset a[0], or all that follow when
// a[1] is 0. Too few bytes is no sample.
func compileReqPayload(a []Arg, _ *Scope) (Eval, error) {
	off, n := a[0].Int, a[1].Int
	return func(c *Ctx, s *Sample) bool {
		size := int64(len(c.Payload))
		if off < 0 || n < 0 || off > size || n > size-off {
			return false
		}
		end := off + n
		if n == 0 {
			end = size
		}
		return s.setBin(c.Payload[off:end])
	}, nil
}
