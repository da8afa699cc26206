package build

import (
	"bytes"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// paramKey hashes the value of a parameter of the query, or of what a client posts
// when the query has none.
func paramKey(name string, post bool, f func([]byte) uint32) func(*sample.Ctx) (uint32, bool) {
	return func(c *sample.Ctx) (uint32, bool) {
		if c.Req == nil {
			return 0, false
		}
		_, query, _ := bytes.Cut(c.Req.Target(), []byte{'?'})
		value, ok := param(query, name)
		if !ok && post && c.Req.Method == http1.MethodPost && c.Body != nil {
			m := c.Mark()
			defer c.Release(m)
			value, ok = postedParam(c, name)
		}
		if !ok {
			return 0, false
		}
		return f(value), true
	}
}

// postedParam looks for the parameter in what is there of the request's body, which
// may be anything: white space ends what is taken for a value, and who begins with
// what no word has is none. As in the reference, only the first byte counts.
func postedParam(c *sample.Ctx, name string) ([]byte, bool) {
	n := len(c.Scratch)
	c.Scratch = c.Body.RequestBody(c.Scratch)
	value, ok := param(c.Scratch[n:], name)
	switch {
	case !ok || len(value) == 0:
		return value, ok
	case bytes.IndexByte([]byte(" \t\r\n"), value[0]) >= 0:
		return nil, true
	}
	return value, http1.IsTokenByte(value[0])
}

// param returns the value of a parameter.
func param(list []byte, name string) (value []byte, ok bool) {
	for len(list) > 0 {
		var item []byte
		item, list, _ = bytes.Cut(list, []byte{'&'})
		if len(item) > len(name) && item[len(name)] == '=' && string(item[:len(name)]) == name {
			return item[len(name)+1:], true
		}
	}
	return nil, false
}
