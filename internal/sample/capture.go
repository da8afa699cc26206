package sample

import "bytes"

// Captures are the slots of a frontend for messages of one direction (manual
// 8.8). The zero value has none. It keeps its memory between streams.
type Captures struct {
	lens   []int
	values [][]byte // nil: nothing was captured
	memory [][]byte
}

// Open empties the slots and makes them of the given lengths in bytes.
func (c *Captures) Open(lens []int) {
	c.lens = lens
	for len(c.memory) < len(lens) {
		c.memory = append(c.memory, nil)
	}
	c.values = append(c.values[:0], c.memory[:len(lens)]...)
	clear(c.values)
}

// Set puts as much of b into slot i as it may hold; false: there is no such slot.
func (c *Captures) Set(i int, b []byte) bool {
	if i < 0 || i >= len(c.values) {
		return false
	}
	m := c.memory[i]
	if m == nil {
		m = make([]byte, 0, 16)
	}
	m = append(m[:0], b[:min(len(b), c.lens[i])]...)
	c.memory[i], c.values[i] = m, m
	return true
}

// Get is what slot i holds; nil when nothing was captured or there is none.
func (c *Captures) Get(i int) []byte {
	if i < 0 || i >= len(c.values) {
		return nil
	}
	return c.values[i]
}

// All are the values of all slots, nil for those without; valid until Open.
func (c *Captures) All() [][]byte { return c.values }

// captures are those of a direction.
func (c *Ctx) captures(response bool) *Captures {
	if response {
		return &c.ResCaptures
	}
	return &c.ReqCaptures
}

func compileCaptured(response bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		i := int(a[0].Int)
		return func(c *Ctx, s *Sample) bool {
			v := c.captures(response).Get(i)
			return v != nil && s.setStr(v)
		}, nil
	}
}

// compileCapture is capture-req and capture-res: they pass on what they captured.
func compileCapture(response bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		i := int(a[0].Int)
		return func(c *Ctx, s *Sample) bool {
			return c.captures(response).Set(i, s.Data)
		}, nil
	}
}

func fetchCapturedMethod(c *Ctx, s *Sample) bool {
	return len(c.ReqMethod) > 0 && s.setStr(c.ReqMethod)
}

// fetchCapturedURI gives the target from its first slash on, without a scheme and a
// host.
func fetchCapturedURI(c *Ctx, s *Sample) bool {
	uri := c.ReqURI
	if _, rest, ok := bytes.Cut(uri, slashes); ok && len(uri) > 0 && uri[0] != '/' {
		uri = rest
	}
	at := bytes.IndexByte(uri, '/')
	return at >= 0 && s.setStr(uri[at:])
}

var versions = [2][]byte{[]byte("HTTP/1.0"), []byte("HTTP/1.1")}

// fetchCapturedVersion gives one of two versions, whatever was received.
func fetchCapturedVersion(response bool) Eval {
	return func(c *Ctx, s *Sample) bool {
		v := c.ReqVersion
		if response {
			v = c.ResVersion
		}
		return v > 0 && s.setStr(versions[min(v, 2)-1])
	}
}
