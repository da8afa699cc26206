package http1

import "testing"

// A head that breaks rules is told from one that does not, whatever was accepted.
func TestViolates(t *testing.T) {
	for text, want := range map[string]bool{
		"GET / HTTP/1.1\r\nhost: a\r\n\r\n":                false,
		"GET / HTTP/1.1\r\nhost: a\r\nb: \x01\x80\r\n\r\n": false,
		"GET / HTTP/1.1\r\nhost: a\r\nb@d: x\r\n\r\n":      true,
		"GET / HTTP/1.1\r\nhost: a\r\nb: x\x00y\r\n\r\n":   true,
		"GET /#a HTTP/1.1\r\nhost: a\r\n\r\n":              true,
		"GET /\x80 HTTP/1.1\r\nhost: a\r\n\r\n":            true,
		"GET / HTTP/1.1.1\r\nhost: a\r\n\r\n":              true,
		"GET / ICAP/1.1\r\nhost: a\r\n\r\n":                true,
	} {
		var h Head
		h.Reset()
		n, err := h.ParseRequest([]byte(text), &Limits{Lax: true})
		if n == 0 || err != nil || h.Violates() != want {
			t.Errorf("%q: %d, %v, %v; want %v", text, n, err, h.Violates(), want)
		}
		if h.Reset(); h.Violates() {
			t.Errorf("%q: Reset does not forget it", text)
		}
	}
	for text, want := range map[string]bool{
		"HTTP/1.1 200 OK\r\n\r\n":            false,
		"HTTP/1.1 2000 OK\r\n\r\n":           true,
		"HTTP/1.1 200 OK\r\nb@d: x\r\n\r\n":  true,
		"HTTP/1.1 200 OK\r\nb: \x00\r\n\r\n": true,
	} {
		var h Head
		h.Reset()
		if n, err := h.ParseResponse([]byte(text), &Limits{Lax: true}, MethodGet); n == 0 || err != nil || h.Violates() != want {
			t.Errorf("%q: %d, %v, %v; want %v", text, n, err, h.Violates(), want)
		}
	}
}
